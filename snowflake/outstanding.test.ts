import { expect, test } from 'vitest';
import { createOutstanding } from '#snowflake/outstanding.ts';

function fakeClock() {
  let now = 0;
  return {
    now: () => now,
    pause: async (ms: number) => {
      now += ms;
    },
  };
}

test('nothing is sent before a lost statement has ended: the warehouse says so by its query id', async () => {
  const clock = fakeClock();
  const outstanding = createOutstanding(45_000, clock);
  outstanding.add({ queryId: 'q1', sentAt: 0 });
  const asked: string[] = [];
  await outstanding.settle(async (id) => {
    asked.push(id);
    return asked.length < 4;
  });
  expect(asked).toEqual(['q1', 'q1', 'q1', 'q1']);
  expect(clock.now()).toBeLessThan(45_000);
});

test('without a query id, or with a state that nobody tells, the statement timeout has to pass', async () => {
  for (const queryId of [null, 'q1']) {
    const clock = fakeClock();
    const outstanding = createOutstanding(45_000, clock);
    outstanding.add({ queryId, sentAt: 0 });
    await outstanding.settle(async () => {
      throw new Error('no answer');
    });
    expect(clock.now()).toBe(45_000);
    await outstanding.settle(async () => true);
    expect(clock.now()).toBe(45_000);
  }
});
