import type { LetterFilter } from '#dead-letters/where.ts';

export interface ReplayOptions {
  readonly filter: LetterFilter;
  /** Letters a second. */
  readonly rate: number;
  /** Send no more than this. */
  readonly max: number;
  /** So many are sent first, and their outcomes awaited before the others are. */
  readonly canary: number;
  /** Stop when a greater share of the outcomes is another refusal. */
  readonly stopAbove: number;
  /** How long nothing may be heard of what was sent before the run gives up. */
  readonly waitMs: number;
  /** Send again what was sent before and of which nothing was heard. */
  readonly again: boolean;
}

export const REPLAY_DEFAULTS = {
  rate: 50,
  max: Number.POSITIVE_INFINITY,
  canary: 10,
  stopAbove: 0.2,
  waitMs: 60_000,
  again: false,
} as const satisfies Omit<ReplayOptions, 'filter'>;
