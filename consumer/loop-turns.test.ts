import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLoopTurns } from '#consumer/loop-turns.ts';

test('who asks together goes on one after the other, and whoever waits for anything else goes on between', async () => {
  const turn = createLoopTurns();
  const order: string[] = [];
  const worker = async (name: string): Promise<void> => {
    await turn();
    order.push(name);
  };
  const other = async (): Promise<void> => {
    await setImmediate();
    order.push('other');
  };
  await Promise.all([worker('a'), worker('b'), other(), worker('c')]);
  expect(order[0]).toBe('other');
  expect(order.filter((name) => name !== 'other')).toEqual(['a', 'b', 'c']);
});
