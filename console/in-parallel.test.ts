import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inParallel } from '#console/in-parallel.ts';

test('each is done once, so many at a time and no more, and the results come in order', async () => {
  let running = 0;
  let most = 0;
  const squares = await inParallel([5, 1, 4, 2, 3], 3, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await sleep(item);
    running -= 1;
    return item * item;
  });
  expect(squares).toEqual([25, 1, 16, 4, 9]);
  expect(most).toBe(3);
});

test('after an error nothing is begun, and what was begun has ended when it is told', async () => {
  const begun: number[] = [];
  let running = 0;
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    running += 1;
    await sleep(item === 1 ? 1 : 20);
    running -= 1;
    if (item === 1) throw new Error('one');
  };
  await expect(inParallel([1, 2, 3, 4, 5], 2, work)).rejects.toThrow('one');
  expect(running).toBe(0);
  expect(begun).toEqual([1, 2]);
});
