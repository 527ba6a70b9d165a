import { expect, test } from 'vitest';
import { chance, faultSeeds, inRounds } from '#cli/fault-seeds.ts';

test('seeds that are named come again, in their order, and as many others as are asked for differ', () => {
  expect(faultSeeds('t', { ZONER_SEED: '7,2147483646', ZONER_SEEDS: '50' })).toEqual([7, 2_147_483_646]);
  expect(new Set(faultSeeds('t', { ZONER_SEEDS: '50' })).size).toBe(50);
  expect(faultSeeds('t', {})).toHaveLength(3);
  expect(() => faultSeeds('t', { ZONER_SEED: '7,seven' })).toThrow('ZONER_SEED=7,seven');
  expect(() => faultSeeds('t', { ZONER_SEEDS: '0' })).toThrow('ZONER_SEEDS=0');
});

test('a seed decides each number', () => {
  const [one, same, other] = [chance(7), chance(7), chance(8)].map((random) => [
    random(),
    random(),
    random(),
  ]);
  expect(one).toEqual(same);
  expect(one).not.toEqual(other);
});

test('each case is worked on once, so many at once', async () => {
  const rounds: (readonly number[])[] = [];
  await inRounds('t', [1, 2, 3, 4, 5], 2, async (round) => {
    rounds.push(round);
  });
  expect(rounds).toEqual([[1, 2], [3, 4], [5]]);
});
