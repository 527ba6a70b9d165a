import { deadLetterId, type LetterFacts } from '#consumer/dead-letter.ts';
import { headerReader } from '#consumer/origin.ts';
import type { AcceptedRecord, ConsumedContract } from '#consumer/ports.ts';
import { topicNames } from '#contract/topic-names.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

/** OPEN is what a person says of a letter that was parked or discarded before. */
export const LETTER_STATES = ['REPLAYED', 'RESOLVED', 'PARKED', 'DISCARDED', 'OPEN'] as const;

/** What the ledger of dead letters says of one of them; the last entry of a letter counts. */
export interface LedgerEntry {
  readonly state: (typeof LETTER_STATES)[number];
  /** How often the record had been refused by then. */
  readonly attempt: number;
  /** The replay that this is about; null for none. */
  readonly run: string | null;
  /** ISO instant. */
  readonly at: string;
  readonly reason: string | null;
  /** The letter is parked at so many attempts; absent: the default. */
  readonly parkAt?: number;
}

/** The ledger's record of a letter: its key is the letter's id. */
export function ledgerRecord(id: string, entry: LedgerEntry, contract: ConsumedContract): OutgoingRecord {
  return {
    topic: topicNames(contract.topic).status,
    partition: 0,
    key: Buffer.from(id, 'utf8'),
    value: Buffer.from(JSON.stringify(entry), 'utf8'),
    headers: [],
    timestamp: BigInt(Date.parse(entry.at)),
  };
}

/** What the ledger says once a replayed record is a row. Null for a record that was not replayed. */
export function resolution(
  { record, origin }: AcceptedRecord,
  contract: ConsumedContract,
  { clusterId, now }: LetterFacts,
): OutgoingRecord | null {
  if (origin.topic === record.topic) return null;
  const header = headerReader(record);
  const id = header('dlt.id') ?? deadLetterId(clusterId, origin);
  const attempt = Number(header('dlt.attempts') ?? 1);
  const entry: LedgerEntry = {
    state: 'RESOLVED',
    attempt: Number.isSafeInteger(attempt) ? attempt : 1,
    run: header('dlt.replay.id'),
    at: new Date(Number(now)).toISOString(),
    reason: null,
  };
  return ledgerRecord(id, entry, contract);
}
