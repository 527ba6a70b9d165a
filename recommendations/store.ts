import type { Sleep } from '#recommendations/sleep.ts';

/** Where each person's sleeps are kept. Both versions pass `store-suite.ts`. */
export interface SleepStore {
  /** Adds sleeps, in one step a person; adding them again changes nothing. @returns how many were not there before */
  add(sleeps: ReadonlyMap<string, readonly Sleep[]>): Promise<number>;
  /** A person's sleeps in order of waking up; none if the person is unknown. */
  read(userId: string): Promise<readonly Sleep[]>;
  /** The people who are known, sorted. */
  users(): Promise<readonly string[]>;
  close(): Promise<void>;
}
