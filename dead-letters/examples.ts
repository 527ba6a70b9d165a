/** Letters of the consumer's example contract, for this room's tests. */
import { deadLetter } from '#consumer/dead-letter.ts';
import { naps, recordOf } from '#consumer/examples.ts';
import type { LedgerEntry } from '#consumer/letter-status.ts';
import type { RefusedRecord } from '#consumer/outcome.ts';
import type { KafkaRecord } from '#consumer/ports.ts';

export const FACTS = {
  clusterId: 'c1',
  group: 'zoner-warehouse',
  appVersion: '0.1.0',
  now: 1_800_000_000_000n,
};

/** A letter as it stands on the dead letter topic, of the record at this offset. */
export function letterAt(offset: bigint, refused: Partial<RefusedRecord> = {}, now = FACTS.now): KafkaRecord {
  const record = recordOf(offset, Buffer.from([0, 0, 0, 0, 7, 1]));
  const whole: RefusedRecord = {
    record,
    origin: record,
    code: 'UNDECODABLE',
    reason: 'minutes: the bytes end early',
    schemaId: 7,
    subjects: ['naps-value'],
    ...refused,
  };
  const { partition, timestamp, ...letter } = deadLetter(whole, naps, { ...FACTS, now });
  return { ...letter, partition: partition ?? 0, offset, timestamp: timestamp ?? 0n };
}

/** A record of the ledger about a letter; `entry` null is a tombstone. */
export function entryAt(offset: bigint, id: string, entry: Partial<LedgerEntry> | null): KafkaRecord {
  const whole = { state: 'REPLAYED', attempt: 1, run: 'r', at: '2026-01-01T00:00:00.000Z', reason: null };
  return {
    topic: 'naps-dlt-status',
    partition: 0,
    offset,
    timestamp: 0n,
    key: Buffer.from(id),
    value: entry === null ? null : Buffer.from(JSON.stringify({ ...whole, ...entry })),
    headers: [],
  };
}
