import type { CompatibilityLevel } from '#contract/contract.ts';

/** What a level promises (Confluent, "Compatibility types"). */
export interface LevelPromise {
  /** The new schema reads what older ones wrote. */
  readonly backward: boolean;
  /** Older schemas read what the new one writes. */
  readonly forward: boolean;
  /** Of all versions, and not only of the latest. */
  readonly transitive: boolean;
}

export function promiseOf(level: CompatibilityLevel): LevelPromise {
  return {
    backward: level.startsWith('BACKWARD') || level.startsWith('FULL'),
    forward: level.startsWith('FORWARD') || level.startsWith('FULL'),
    transitive: level.endsWith('_TRANSITIVE'),
  };
}
