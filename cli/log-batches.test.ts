import { expect, test } from 'vitest';
import { logBatches } from '#cli/log-batches.ts';
import type { ConsumeDeps } from '#consumer/deps.ts';
import type { Partitioned } from '#consumer/outcome.ts';
import type { Batch, KafkaRecord } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';

const SECRET = 'a-value-nobody-may-see';
const record = (offset: bigint): KafkaRecord => {
  const bytes = Buffer.from(SECRET);
  const headers = [['note', bytes] as const];
  return { topic: 'user_activity', partition: 3, offset, timestamp: 0n, key: bytes, value: bytes, headers };
};

test('a batch is one line, with its place and what became of it, and no value', () => {
  const lines: unknown[][] = [];
  const keep = (...args: readonly unknown[]): void => void lines.push([...args]);
  const log = { debug: keep, info: keep, warn: keep, error: keep };
  const seen: string[] = [];
  const inner = {
    group: 'g',
    onBegin: () => void seen.push('begin'),
    onBatch: () => void seen.push('batch'),
  } as unknown as ConsumeDeps;
  const deps = logBatches(inner, log);
  deps.onBegin({ topic: 'user_activity', partition: 3 } as Batch);
  const outcome: Partitioned = {
    accepted: [{ record: record(12n), origin: record(12n), schemaId: 7, value: { note: SECRET } }],
    refused: [11n, 14n].map((offset) => {
      const origin = record(offset);
      return { record: origin, origin, code: 'NO_FRAME', reason: 'no frame', schemaId: null, subjects: [] };
    }),
    skipped: [{ record: record(13n), reason: 'tombstone' }],
  };
  deps.onBatch({ name: 'user-activity' } as Contract, outcome, { inserted: 1, present: 0 });
  expect(seen).toEqual(['begin', 'batch']);
  expect(lines).toEqual([
    [
      {
        group: 'g',
        contract: 'user-activity',
        place: 'user_activity/3',
        from: '11',
        to: '14',
        records: 4,
        written: 1,
        present: 0,
        skipped: 1,
        refused: { NO_FRAME: 2 },
        ms: expect.any(Number),
      },
      'batch',
    ],
  ]);
  expect(JSON.stringify(lines)).not.toContain(SECRET);
});
