import { expect, test } from 'vitest';
import type { TopicOffsets } from '#consumer/ports.ts';
import { type Distance, endsOf, reachEnds } from '#consumer/until-end.ts';

test('the end is what it was at the start, and reached when every partition is committed up to it', async () => {
  let produced = 10n;
  let committed = new Map<number, bigint>([[0, 2n]]);
  const offsets: TopicOffsets = {
    ranges: async () =>
      new Map([
        [0, { low: 2n, high: produced }],
        [1, { low: 5n, high: 5n }],
      ]),
    committed: async () => committed,
    commitMetadata: async () => new Map(),
    clusterId: async () => 'c',
  };
  const ends = await endsOf(['naps'], offsets);
  const seen: Distance[] = [];
  await reachEnds('g', ends, {
    offsets,
    pause: async () => {
      produced += 100n;
      committed = new Map([[0, (committed.get(0) ?? 0n) + 4n]]);
    },
    onProgress: (distance) => seen.push(distance),
  });
  expect(seen).toEqual([
    { done: 0n, total: 8n },
    { done: 4n, total: 8n },
    { done: 8n, total: 8n },
  ]);
});
