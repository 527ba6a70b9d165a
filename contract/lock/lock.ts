import type { CompatibilityLevel } from '#contract/contract.ts';

/** A type that a locked schema names and does not define, by the version of the lock. */
export interface LockedReference {
  /** The full name. */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

export interface LockedVersion {
  /** Ascending, with gaps where a registry deleted one. Of the shared history: an environment may count otherwise. */
  readonly version: number;
  /** SHA-256 of the resolved schema with all its attributes, hex. */
  readonly fingerprint: string;
  readonly references: readonly LockedReference[];
  /** As the registry gave it. */
  readonly text: string;
}

export interface LockedSubject {
  /** Null if the subject follows the registry's level. */
  readonly level: CompatibilityLevel | null;
  /** Oldest first. */
  readonly versions: readonly LockedVersion[];
}

/** By version of the lock. */
export type LockedIds = ReadonlyMap<number, number>;

/**
 * What the registries of a team hold: `schemas/registry.lock.json`. The history is one for all environments; the schema
 * ids are each environment's own.
 */
export interface RegistryLock {
  readonly subjects: ReadonlyMap<string, LockedSubject>;
  /** By environment, then subject. */
  readonly environments: ReadonlyMap<string, ReadonlyMap<string, LockedIds>>;
}

export const EMPTY_LOCK: RegistryLock = { subjects: new Map(), environments: new Map() };

export const LOCK_FILE = 'registry.lock.json';
