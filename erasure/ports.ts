import type { WriterSchemas } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import type { WriteDeps } from '#dead-letters/ports.ts';

/** A contract whose records are about people: `person` names the field. */
export type PersonalContract = Contract & { readonly person: string };

/** What a table holds of a person. */
export interface RowsHeld {
  readonly rows: number;
  /** For how many days deleted rows can still be read by Time Travel; null if the warehouse does not say. */
  readonly timeTravelDays: number | null;
  /** Whether the warehouse's operator keeps deleted rows for some days after that. */
  readonly hasFailSafe: boolean;
}

/** A table's rows of one person, but those of records at or behind the ends, which have come since. */
export interface PersonRows {
  /** @param ends by partition of the source topic */
  held(ends: ReadonlyMap<number, bigint>): Promise<RowsHeld>;
  /** @returns how many rows are deleted */
  erase(ends: ReadonlyMap<number, bigint>): Promise<number>;
}

/** What is kept of a person beside the table, and can be filled again from the topics. */
export interface PersonState {
  holds(person: string): Promise<boolean>;
  forget(person: string): Promise<void>;
}

/** What erasing needs of the outside world. */
export interface EraseDeps extends WriteDeps {
  readonly contract: PersonalContract;
  readonly writers: WriterSchemas;
  /** The settings that topics have, by topic. */
  settingsOf(topics: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;
  /** Deletes the records of a topic below these offsets, by partition. */
  removeBefore(topic: string, next: ReadonlyMap<number, bigint>): Promise<void>;
  readonly rows: PersonRows;
  /** Null for a contract that feeds none. */
  readonly state: PersonState | null;
  /** The person's keyed hash, as the journal holds it; null without a key. */
  readonly hash: string | null;
}
