import { expect, test } from 'vitest';
import { createOutstanding, type LostStatement } from '#snowflake/outstanding.ts';

const TIMEOUT_MS = 45_000;

/** Lost statements on a fake clock, and what happens when it is so late. */
function lostOn(...at: readonly { readonly ms: number; happens(): void }[]) {
  let now = 0;
  const clock = {
    now: () => now,
    pause: async (ms: number) => {
      now += ms;
      for (const each of at) if (each.ms <= now) each.happens();
      // Whoever waits for what has happened is told first.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const outstanding = createOutstanding({ timeoutMs: TIMEOUT_MS, patienceMs: 600_000 }, clock);
  const add = (queryId: LostStatement['queryId'], givenUp: LostStatement['givenUp']): void =>
    outstanding.add({ queryId, givenUp });
  return { outstanding, add, clock };
}

const never = new Promise<boolean>(() => {});
const nobody = (): Promise<boolean> => Promise.reject(new Error('nobody was to be asked'));

test('nothing is sent before a lost statement has ended: the warehouse says so by its query id', async () => {
  const { outstanding, add, clock } = lostOn();
  add(() => 'q1', never);
  const asked: string[] = [];
  await outstanding.settle(async (id) => asked.push(id) === 4);
  expect(asked).toEqual(['q1', 'q1', 'q1', 'q1']);
  expect(clock.now()).toBeLessThan(TIMEOUT_MS);
});

test('without a query id, or with a state that nobody tells, the timeout passes after the last sending', async () => {
  for (const queryId of [null, 'q1']) {
    const last = Promise.withResolvers<boolean>();
    const { outstanding, add, clock } = lostOn({ ms: 30_000, happens: () => last.resolve(false) });
    add(() => queryId, last.promise);
    await outstanding.settle(nobody);
    expect(clock.now()).toBe(30_000 + TIMEOUT_MS);
    await outstanding.settle(nobody);
    expect(clock.now()).toBe(30_000 + TIMEOUT_MS);
  }
});

test('an answer that comes after all ends the wait', async () => {
  const answer = Promise.withResolvers<boolean>();
  const { outstanding, add, clock } = lostOn({ ms: 3000, happens: () => answer.resolve(true) });
  add(() => null, answer.promise);
  await outstanding.settle(nobody);
  expect(clock.now()).toBe(3000);
});

test('a query id that is told late is asked for', async () => {
  let id: string | null = null;
  const { outstanding, add, clock } = lostOn({
    ms: 2000,
    happens: () => {
      id = 'q2';
    },
  });
  add(() => id, never);
  await outstanding.settle(async (asked) => asked === 'q2');
  expect(clock.now()).toBe(2000);
});

test('who has waited long enough is told so, and the next one waits on', async () => {
  const { outstanding, add, clock } = lostOn();
  add(() => null, never);
  for (const waited of [600_000, 1_200_000]) {
    await expect(outstanding.settle(nobody)).rejects.toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
    expect(clock.now()).toBe(waited);
  }
});
