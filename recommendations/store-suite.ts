import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAX_SLEEPS, type Sleep } from '#recommendations/sleep.ts';
import type { SleepStore } from '#recommendations/store.ts';

const sleep = (night: number): Sleep => {
  return {
    eventId: `night-${night}`,
    startedAt: night * 86_400_000,
    endedAt: night * 86_400_000 + 1,
    localMidpoint: 3,
    timeZone: 'UTC',
  };
};
const nights = (count: number): Sleep[] => Array.from({ length: count }, (_, night) => sleep(night));

/** What every store of sleeps promises. */
export function storeSuite(name: string, open: () => Promise<SleepStore>): void {
  let store: SleepStore;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  test(`${name}: sleeps come back in order of waking up, each once`, async () => {
    const user = randomUUID();
    expect(await store.add(new Map([[user, [sleep(2), sleep(1), sleep(2)]]]))).toBe(2);
    expect(await store.add(new Map([[user, [sleep(1), sleep(3)]]]))).toBe(1);
    expect(await store.read(user)).toEqual([sleep(1), sleep(2), sleep(3)]);
  });

  test(`${name}: the memory of a person is bounded by the newest nights`, async () => {
    const user = randomUUID();
    const all = nights(MAX_SLEEPS + 5);
    expect(await store.add(new Map([[user, all]]))).toBe(MAX_SLEEPS);
    expect(await store.read(user)).toEqual(all.slice(5));
    expect(await store.add(new Map([[user, [sleep(0)]]]))).toBe(0);
    expect(await store.read(user)).toEqual(all.slice(5));
  });

  test(`${name}: people are kept apart and are known`, async () => {
    const [ada, bob] = [`a {${randomUUID()}}`, randomUUID()];
    await store.add(
      new Map([
        [ada, [sleep(1)]],
        [bob, [sleep(2)]],
      ]),
    );
    expect(await store.read(bob)).toEqual([sleep(2)]);
    expect(await store.users()).toEqual(expect.arrayContaining([ada, bob]));
    expect(await store.read('nobody')).toEqual([]);
  });

  test(`${name}: two writers at once leave what one would have left`, async () => {
    const user = randomUUID();
    const added = await Promise.all(nights(8).map((each) => store.add(new Map([[user, [each, sleep(3)]]]))));
    expect(added.reduce((sum, count) => sum + count, 0)).toBe(8);
    expect(await store.read(user)).toEqual(nights(8));
  });
}
