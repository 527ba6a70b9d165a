import { expect, test } from 'vitest';
import type { Batch, OffsetRange } from '#consumer/ports.ts';
import { watchStalls } from '#consumer/stall-watch.ts';

/** A topic of two partitions with ten records each, and a consumer of which only its batches are known. */
function watched() {
  const committed = new Map([
    [0, 3n],
    [1, 3n],
  ]);
  const range: OffsetRange = { low: 0n, high: 10n };
  const ranges = new Map([
    [0, range],
    [1, range],
  ]);
  const told: string[] = [];
  const watch = watchStalls(
    { group: 'g', onBegin: (_: Batch) => told.push('begun'), onEnd: (_: Batch) => told.push('ended') },
    ['naps'],
    { ranges: async () => ranges, committed: async () => committed },
  );
  const lost = new AbortController();
  const batch = { topic: 'naps', partition: 0, records: [], signal: lost.signal } as unknown as Batch;
  return { ...watch, batch, committed, lost, told };
}

test('a partition with records on which nothing works, look after look, stands still', async () => {
  const { look, deps, batch, told } = watched();
  deps.onBegin(batch);
  deps.onEnd(batch);
  expect(await look()).toEqual([]);
  expect(await look()).toEqual(['naps/0']);
  expect(await look()).toEqual(['naps/0']);
  expect(told).toEqual(['begun', 'ended']);
});

test('one that is worked on, or moves, or has no more records, does not', async () => {
  const { look, deps, batch, committed } = watched();
  deps.onBegin(batch);
  await look();
  expect(await look()).toEqual([]);
  deps.onEnd(batch);
  committed.set(0, 5n);
  expect(await look()).toEqual([]);
  expect(await look()).toEqual(['naps/0']);
  committed.set(0, 10n);
  await look();
  expect(await look()).toEqual([]);
});

test('one that another process reads is none of ours', async () => {
  const { look, deps, batch, lost } = watched();
  deps.onBegin(batch);
  deps.onEnd(batch);
  await look();
  lost.abort();
  expect(await look()).toEqual([]);
});
