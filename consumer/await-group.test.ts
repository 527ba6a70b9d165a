import { expect, test } from 'vitest';
import { awaitGroup } from '#consumer/await-group.ts';
import type { TopicOffsets } from '#consumer/ports.ts';

const ends = new Map([[0, { low: 0n, high: 10n }]]);

/** A group that commits these offsets, one a second. */
function world(commits: readonly bigint[]) {
  let at = 0;
  const committed = async () => new Map([[0, commits[Math.min(at, commits.length - 1)] ?? 0n]]);
  return {
    offsets: { committed } as unknown as TopicOffsets,
    clock: () => at * 1000,
    pause: async () => {
      at += 1;
    },
  };
}

test('a group that comes nearer is waited for, however long it takes', async () => {
  const slow = [0n, 0n, 3n, 3n, 6n, 6n, 9n, 9n, 10n];
  expect(await awaitGroup('g', 'naps', ends, 3000, world(slow))).toBe(true);
});

test('a group that stands still is waited for no longer', async () => {
  const deps = world([0n, 4n, 4n, 4n, 4n, 4n, 10n]);
  expect(await awaitGroup('g', 'naps', ends, 3000, deps)).toBe(false);
  expect(deps.clock()).toBe(4000);
});
