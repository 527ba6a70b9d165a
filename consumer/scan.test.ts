import { expect, test } from 'vitest';
import { recordOf } from '#consumer/examples.ts';
import type { Batch, KafkaRecord, RunOptions, TopicOffsets } from '#consumer/ports.ts';
import { type ScanDeps, scan } from '#consumer/scan.ts';

/** A topic of one partition whose log ends at `high`, and whose records come in these batches. */
function depsOf(high: bigint, batches: readonly Pick<Batch, 'records' | 'end'>[]): ScanDeps {
  const offsets = { ranges: async () => new Map([[1, { low: 0n, high }]]) } as unknown as TopicOffsets;
  const run = async ({ onBatch }: RunOptions) => {
    const rest = { topic: 'naps', partition: 1, signal: new AbortController().signal, pause: () => {} };
    for (const batch of batches) await onBatch({ ...rest, ...batch, commit: async () => {} });
    return { stop: async () => {} };
  };
  return { offsets, transport: { exactHeaders: true, run }, signal: new AbortController().signal };
}

test('a topic that ends with the marker of a transaction is read to its end', async () => {
  const seen: bigint[] = [];
  const batch = { records: [recordOf(0n, null), recordOf(1n, null)], end: 3n };
  await scan('naps', depsOf(3n, [batch]), ({ offset }) => seen.push(offset));
  expect(seen).toEqual([0n, 1n]);
});

test('a topic that ends with nothing but aborted records is read to its end', async () => {
  const seen: bigint[] = [];
  const batches = [{ records: [recordOf(0n, null)] }, { records: [], end: 4n }];
  await scan('naps', depsOf(4n, batches), ({ offset }) => seen.push(offset));
  expect(seen).toEqual([0n]);
});

test('a partition that begins again, and what arrived after the start, are passed over', async () => {
  const [first, second, third] = [0n, 1n, 2n].map((offset) => recordOf(offset, null));
  if (first === undefined || second === undefined || third === undefined) throw new Error('three records');
  const seen: bigint[] = [];
  const batches = [{ records: [first] }, { records: [first, second, third] }];
  await scan('naps', depsOf(2n, batches), ({ offset }) => seen.push(offset));
  expect(seen).toEqual([0n, 1n]);
});

test('what a scan gives may be spread, also where the adapter makes its fields when they are read', async () => {
  const plain = recordOf(0n, Buffer.from('v'));
  const lazy: KafkaRecord = Object.create(plain);
  expect({ ...lazy }).toEqual({});
  const seen: KafkaRecord[] = [];
  await scan('naps', depsOf(1n, [{ records: [lazy] }]), (record) => seen.push({ ...record }));
  expect(seen).toEqual([plain]);
});
