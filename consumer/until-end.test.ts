import { expect, test } from 'vitest';
import type { TopicOffsets } from '#consumer/ports.ts';
import { type Distance, endsOf, reachEnds } from '#consumer/until-end.ts';
import { ZonerError } from '#core/errors.ts';

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

test('a broker that is away for a moment is asked again, and another failure ends it', async () => {
  let asked = 0;
  const committed = async (): Promise<ReadonlyMap<number, bigint>> => {
    asked += 1;
    if (asked < 3) throw new ZonerError('KAFKA_UNAVAILABLE', 'no answer');
    return new Map([[0, 10n]]);
  };
  const ends = [{ topic: 'naps', ends: new Map([[0, { low: 0n, high: 10n }]]) }];
  const deps = {
    offsets: { committed } as unknown as TopicOffsets,
    pause: async () => {},
    onProgress: () => {},
  };
  await reachEnds('g', ends, deps);
  expect(asked).toBe(3);
  const missing = async (): Promise<never> => {
    throw new ZonerError('TOPIC_MISSING', 'no topic');
  };
  const gone = { ...deps, offsets: { committed: missing } as unknown as TopicOffsets };
  await expect(reachEnds('g', ends, gone)).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
});
