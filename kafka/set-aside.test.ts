import { expect, test } from 'vitest';
import { createPatience } from '#kafka/set-aside.ts';

test('short work is waited for, and what it throws is thrown', async () => {
  const patience = createPatience(10_000, 1);
  const never = (): never => expect.fail('nothing is set aside');
  await patience.waitFor(Promise.resolve(), never);
  await expect(patience.waitFor(Promise.reject(new Error('short')), never)).rejects.toThrow('short');
});

test('long work is set aside, and its end is told even if it ends badly', async () => {
  const patience = createPatience(1, 1);
  const work = Promise.withResolvers<void>();
  const end = Promise.withResolvers<Promise<void>>();
  await patience.waitFor(work.promise, (settled) => end.resolve(settled));
  work.reject(new Error('told elsewhere'));
  await await end.promise;
});

test('only so many are aside at once: the next is waited for until one is done', async () => {
  const patience = createPatience(1, 1);
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const aside: string[] = [];
  await patience.waitFor(first.promise, () => aside.push('first'));
  const waiting = patience.waitFor(second.promise, () => aside.push('second'));
  const isWaiting = Promise.race([
    waiting.then(() => false),
    new Promise((resolve) => setTimeout(resolve, 20, true)),
  ]);
  expect(await isWaiting).toBe(true);
  expect(aside).toEqual(['first']);
  first.resolve();
  await waiting;
  expect(aside).toEqual(['first', 'second']);
});

test('work that ends while it waits for room is over, and takes no room', async () => {
  const patience = createPatience(1, 1);
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const third = Promise.withResolvers<void>();
  const aside: string[] = [];
  await patience.waitFor(first.promise, () => aside.push('first'));
  const waiting = patience.waitFor(second.promise, () => aside.push('second'));
  setTimeout(second.reject, 10, new Error('waited for'));
  await expect(waiting).rejects.toThrow('waited for');
  first.resolve();
  await patience.waitFor(third.promise, () => aside.push('third'));
  expect(aside).toEqual(['first', 'third']);
});
