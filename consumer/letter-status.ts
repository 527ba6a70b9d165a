import { deadLetterId, type LetterFacts } from '#consumer/dead-letter.ts';
import { headerReader } from '#consumer/origin.ts';
import type { AcceptedRecord } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

/**
 * What the ledger of dead letters says once a replayed record is a row: its key is the letter's id, its value
 * `{ state, attempt, run, at, reason }`. Null for a record that was not replayed.
 */
export function resolution(
  { record, origin }: AcceptedRecord,
  contract: Contract,
  { clusterId, now }: LetterFacts,
): OutgoingRecord | null {
  if (origin.topic === record.topic) return null;
  const header = headerReader(record);
  const id = header('dlt.id') ?? deadLetterId(clusterId, origin);
  const attempt = Number(header('dlt.attempts') ?? 1);
  const value = {
    state: 'RESOLVED',
    attempt: Number.isSafeInteger(attempt) ? attempt : 1,
    run: header('dlt.replay.id'),
    at: new Date(Number(now)).toISOString(),
    reason: null,
  };
  return {
    topic: topicNames(contract.topic).status,
    partition: 0,
    key: Buffer.from(id, 'utf8'),
    value: Buffer.from(JSON.stringify(value), 'utf8'),
    headers: [],
    timestamp: now,
  };
}
