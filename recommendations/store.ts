import type { History } from '#recommendations/person/history.ts';

/** What is kept of a person, and how often it has changed. */
export interface Known {
  readonly history: History;
  readonly version: number;
  /** What `checkpoint` last left at this very version; null if that is gone. */
  readonly checkpoint: string | null;
}

/** Where people's histories are kept. Both versions pass `store-suite.ts`. */
export interface PersonStore {
  /**
   * Adds to people's histories, in one step a person. Order and repetition make no difference.
   * @returns how many segments and trips were not there before, and stay
   */
  add(people: ReadonlyMap<string, History>): Promise<number>;
  read(userId: string): Promise<Known>;
  /** Keeps what was computed from a version, as long as the history stays at it. */
  checkpoint(userId: string, version: number, text: string): Promise<void>;
  /** Whether anything is kept of a person, in any epoch. */
  holds(userId: string): Promise<boolean>;
  /** Forgets a person in every epoch. */
  forget(userId: string): Promise<void>;
  /** The people who are known, sorted. */
  users(): Promise<readonly string[]>;
  close(): Promise<void>;
}
