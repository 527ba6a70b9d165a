import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UserActivity } from '#generated/user-activity/types.ts';
import { advise } from '#recommendations/advice/advise.ts';
import { packCheckpoint, unpackCheckpoint } from '#recommendations/advice/checkpoint.ts';
import { accepted, flight, light, night, nights } from '#recommendations/advice/person-examples.ts';
import { adviceToJson, renderAdvice } from '#recommendations/advice/render.ts';
import { createActivityFold, createTripFold } from '#recommendations/fold.ts';
import { HOUR_MS, localHour } from '#recommendations/local-time.ts';
import { createMemoryStore } from '#recommendations/memory-store.ts';
import type { History } from '#recommendations/person/history.ts';

const signal = new AbortController().signal;

async function historyOf(
  activities: readonly UserActivity[],
  trips: readonly unknown[] = [],
): Promise<History> {
  const store = createMemoryStore();
  // One record a flush, so that the order of arrival could show.
  for (const each of activities) await createActivityFold(store).write(accepted([each]), signal);
  await createTripFold(store).write(accepted(trips), signal);
  return (await store.read('ada')).history;
}

const PARIS = 'Europe/Paris';
const settled = nights('2026-01-15T06:00:00Z', 12, PARIS);
const noon = Date.parse('2026-01-15T11:00:00Z');
const kinds = (history: History, now = noon): readonly string[] =>
  advise(history, now).advice.windows.map(({ kind }) => kind);

test('with too little data nothing is invented', async () => {
  expect(advise(await historyOf([]), noon).advice).toMatchObject({
    confidence: 'none',
    windows: [],
    phase: null,
  });
  const two = await historyOf(settled.slice(-2));
  expect(advise(two, noon).advice).toMatchObject({ confidence: 'low', windows: [], journey: null });
  expect(renderAdvice('ada', advise(two, noon).advice)).toContain('A habit shows after three nights');
});

test('naps, and sleeps that cannot be, are no nights', async () => {
  const [first, second] = settled;
  if (first === undefined || second === undefined) throw new Error('two nights are there');
  const nap = night('2026-01-14T14:00:00Z', PARIS, 1, 'NAP');
  const endless = night('2026-01-13T06:00:00Z', PARIS, 40);
  expect(advise(await historyOf([first, second, nap, endless]), noon).advice.nights.count).toBe(2);
});

test('confidence grows with the nights and falls when they are old', async () => {
  const history = await historyOf(settled);
  expect(advise(await historyOf(settled.slice(-5)), noon).advice.confidence).toBe('fair');
  expect(advise(history, noon).advice.confidence).toBe('good');
  expect(advise(history, noon + 96 * HOUR_MS).advice.confidence).toBe('low');
});

test('a settled person is told when to sleep, eat, stop caffeine and dim the light', async () => {
  const { advice } = advise(await historyOf(settled), noon);
  expect(advice.nights.habit?.wake).toBeCloseTo(7, 1);
  expect(Math.abs(advice.phase?.late ?? 9)).toBeLessThan(0.3);
  const sleep = advice.windows.find(({ kind }) => kind === 'sleep');
  expect(localHour(sleep?.from ?? 0, PARIS)).toBeCloseTo(23, 1);
  expect(kinds(await historyOf(settled))).toEqual(
    expect.arrayContaining(['eat', 'no-caffeine', 'avoid-light']),
  );
  expect(renderAdvice('ada', advice)).toContain('Advice, not medicine.');
});

test('evenings of bright light make a clock late, and the light that is advised moves it back', async () => {
  const evenings = [10, 11, 12, 13, 14].map((day) => light(`2026-01-${day}T18:00:00Z`, 4, 9000, PARIS));
  const { advice } = advise(await historyOf([...settled, ...evenings]), noon - 5 * HOUR_MS);
  expect(advice.phase?.late).toBeGreaterThan(0.75);
  const seek = advice.windows.find(({ kind }) => kind === 'seek-light');
  expect(localHour(seek?.from ?? 0, PARIS)).toBeLessThan(11);
  expect(seek?.reason).toMatch(/late for your habits.*earlier/);
});

test('free days that begin later are social jet lag', async () => {
  const late = settled.map((each) =>
    [6, 0].includes((each.occurredAt.getUTCDay() + 1) % 7)
      ? night(new Date(each.occurredAt.getTime() + 11 * HOUR_MS).toISOString(), PARIS)
      : each,
  );
  const { advice } = advise(await historyOf(late), noon);
  expect(advice.nights.socialJetLag).toBeCloseTo(3, 0);
  expect(renderAdvice('ada', advice)).toContain('later than on work days');
});

test('a change of the clock is planned as the small jet lag that it is', async () => {
  const history = await historyOf(nights('2026-03-27T06:00:00Z', 12, PARIS));
  const { advice } = advise(history, Date.parse('2026-03-27T11:00:00Z'));
  expect(advice.journey).toMatchObject({ ahead: 1, direction: 'earlier', settles: true });
  expect(renderAdvice('ada', advice)).toContain('Clocks change to 1 h ahead at 2026-03-29 03:00');
});

test('a trip is planned; cancelled, or to where clocks are the same, it is not', async () => {
  const trip = flight(PARIS, 'Asia/Dubai', '2026-01-17T10:00:00Z', '2026-01-17T17:00:00Z');
  const journey = async (over: object) =>
    advise(await historyOf(settled, [{ ...trip, ...over }]), noon).advice.journey;
  expect(await journey({})).toMatchObject({ ahead: 3, settles: true });
  expect(await journey({ status: 'CANCELLED' })).toBeNull();
  expect(await journey({ destinationTimeZone: 'Europe/Berlin' })).toBeNull();
  expect(await journey({ destinationTimeZone: 'Nowhere/Atall' })).toBeNull();
});

test('light is sought outdoors only while there is daylight', async () => {
  const seen = new Set<string>();
  for (const zone of ['America/Los_Angeles', 'Europe/Lisbon', 'Asia/Tokyo']) {
    const trip = flight(PARIS, zone, '2026-01-16T10:00:00Z', '2026-01-16T21:00:00Z');
    const history = await historyOf(settled, [trip]);
    for (let day = 0; day < 4; day += 1) {
      const { windows } = advise(history, noon + day * 24 * HOUR_MS).advice;
      for (const { kind, from, until, timeZone, reason } of windows) {
        if (kind !== 'seek-light') continue;
        const hours = [localHour(from, timeZone), localHour(until - 1, timeZone)];
        const inDaylight = hours.filter((hour) => hour >= 8 && hour <= 17).length;
        const place = ['In front of a light box:', 'Outdoors while there is daylight, and', 'Outdoors:'][
          inDaylight
        ];
        expect(reason.slice(0, place?.length), hours.join(' to ')).toBe(place);
        seen.add(place ?? '');
      }
    }
  }
  expect(seen.size).toBeGreaterThan(1);
}, 30_000);

test('what records say does not depend on the order in which they arrive, or on how often', async () => {
  const records = [
    ...settled,
    light('2026-01-15T08:00:00Z', 2, 3000, PARIS),
    light('2026-01-14T08:00:00Z', 2, 90, PARIS),
  ];
  const expected = adviceToJson('ada', advise(await historyOf(records), noon).advice);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(records, { minLength: records.length }),
      fc.subarray(records),
      async (shuffled, again) => {
        const { advice } = advise(await historyOf([...shuffled, ...again]), noon);
        expect(adviceToJson('ada', advice)).toEqual(expected);
      },
    ),
    { numRuns: 15 },
  );
});

test('a read that continues from a checkpoint says what one from the beginning says', async () => {
  const trip = flight(PARIS, 'America/Sao_Paulo', '2026-01-17T10:00:00Z', '2026-01-17T22:00:00Z');
  const history = await historyOf(settled, [trip]);
  const first = advise(history, noon).checkpoint;
  if (first === null) throw new Error('a checkpoint is kept');
  const text = packCheckpoint(first);
  expect(text.length).toBeLessThan(1000);
  const later = noon + 5 * HOUR_MS;
  const continued = advise(history, later, unpackCheckpoint(text)).advice;
  const whole = advise(history, later).advice;
  expect(continued.windows.map(({ kind }) => kind)).toEqual(whole.windows.map(({ kind }) => kind));
  expect(Math.abs((continued.phase?.cbtMin ?? 0) - (whole.phase?.cbtMin ?? 0))).toBeLessThan(60_000);
  expect(unpackCheckpoint('of another version')).toBeNull();
});
