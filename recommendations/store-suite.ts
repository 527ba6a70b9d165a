import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type History, mergeHistories, NOTHING_KNOWN } from '#recommendations/person/history.ts';
import { SEGMENTS_KEPT, type Segment, segmentId } from '#recommendations/person/segment.ts';
import type { Trip } from '#recommendations/person/trip.ts';
import type { PersonStore } from '#recommendations/store.ts';

const night = (index: number): Segment => {
  return { kind: 'sleep', id: segmentId(`n${index}`), end: 1440 * index, minutes: 480, value: 0, offset: 60 };
};
const nights = (...indexes: number[]): History => {
  return mergeHistories(NOTHING_KNOWN, { ...NOTHING_KNOWN, sleep: indexes.map(night) });
};

const segment = (kind: Segment['kind']): fc.Arbitrary<Segment> =>
  fc
    .record({
      id: fc.nat(150),
      end: fc.nat(300),
      minutes: fc.nat(9),
      value: fc.nat(3),
      offset: fc.constant(-60),
    })
    .map(({ id, ...rest }) => ({ kind, id: segmentId(String(id)), ...rest }));
const trip: fc.Arbitrary<Trip> = fc.record({
  id: fc.nat(6).map((id) => segmentId(String(id))),
  plannedAt: fc.nat(20),
  origin: fc.constantFrom('Europe/Paris', 'Asia/Tokyo'),
  destination: fc.constant('America/Argentina/Ushuaia'),
  departsAt: fc.nat(3),
  arrivesAt: fc.constant(9),
  isCancelled: fc.boolean(),
});
/** What one flush may hold: few of one kind, or more than is kept. */
export const someHistory: fc.Arbitrary<History> = fc
  .record({
    sleep: fc.array(segment('sleep'), { maxLength: 60 }),
    light: fc.array(segment('light'), { maxLength: 120 }),
    meal: fc.array(segment('meal'), { maxLength: 10 }),
    trips: fc.array(trip, { maxLength: 5 }),
    whereabouts: fc.option(fc.record({ timeZone: fc.constantFrom('UTC', 'Asia/Tokyo'), at: fc.nat(3) })),
  })
  .map((history) => mergeHistories(NOTHING_KNOWN, history));

/** What every store of people promises. */
export function storeSuite(name: string, open: () => Promise<PersonStore>): void {
  let store: PersonStore;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  test(`${name}: segments come back in order of time, each once`, async () => {
    const user = randomUUID();
    expect(await store.add(new Map([[user, nights(2, 1)]]))).toBe(2);
    expect(await store.add(new Map([[user, nights(1, 3)]]))).toBe(1);
    expect((await store.read(user)).history.sleep).toEqual([night(1), night(2), night(3)]);
  });

  test(`${name}: the memory of a person is bounded by the newest`, async () => {
    const user = randomUUID();
    const all = Array.from({ length: SEGMENTS_KEPT.sleep + 5 }, (_, index) => index + 1);
    for (const index of all) await store.add(new Map([[user, nights(index)]]));
    const kept = all.slice(5).map(night);
    expect((await store.read(user)).history.sleep).toEqual(kept);
    expect(await store.add(new Map([[user, nights(1)]]))).toBe(0);
    expect((await store.read(user)).history.sleep).toEqual(kept);
  });

  test(`${name}: people are kept apart and are known`, async () => {
    const [ada, bob] = [`a {${randomUUID()}}`, randomUUID()];
    await store.add(
      new Map([
        [ada, nights(1)],
        [bob, nights(2)],
      ]),
    );
    expect((await store.read(bob)).history).toEqual(nights(2));
    expect(await store.users()).toEqual(expect.arrayContaining([ada, bob]));
    expect(await store.read('nobody')).toEqual({ history: NOTHING_KNOWN, version: 0, checkpoint: null });
  });

  test(`${name}: who is forgotten is known no more, and nobody else is`, async () => {
    const [ada, bob] = [randomUUID(), randomUUID()];
    await store.add(
      new Map([
        [ada, nights(1)],
        [bob, nights(2)],
      ]),
    );
    expect(await store.holds(ada)).toBe(true);
    await store.forget(ada);
    expect(await store.holds(ada)).toBe(false);
    expect((await store.read(ada)).history).toEqual(NOTHING_KNOWN);
    expect(await store.holds(bob)).toBe(true);
  });

  test(`${name}: writers at once, in any order and again, leave what merging leaves`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someHistory, { minLength: 1, maxLength: 4 }), async (histories) => {
        const user = randomUUID();
        await Promise.all(
          [...histories, ...histories.slice(0, 2)].map((each) => store.add(new Map([[user, each]]))),
        );
        const expected = histories.reduceRight(mergeHistories, NOTHING_KNOWN);
        expect((await store.read(user)).history).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test(`${name}: a checkpoint stays until the history changes, and one of an old version is not taken`, async () => {
    const user = randomUUID();
    await store.add(new Map([[user, nights(1)]]));
    const { version } = await store.read(user);
    await store.checkpoint(user, version, 'state');
    await store.add(new Map([[user, nights(1)]]));
    expect(await store.read(user)).toMatchObject({ version, checkpoint: 'state' });
    await store.add(new Map([[user, nights(2)]]));
    expect((await store.read(user)).checkpoint).toBeNull();
    await store.checkpoint(user, version, 'stale');
    expect((await store.read(user)).checkpoint).toBeNull();
  });
}
