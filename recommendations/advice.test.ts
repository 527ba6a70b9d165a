import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UserActivity } from '#generated/user-activity/types.ts';
import { advise, circularMean, clock } from '#recommendations/advice.ts';
import { readSleep } from '#recommendations/read-sleep.ts';
import { renderAdvice } from '#recommendations/render-advice.ts';
import { addSleeps, MAX_SLEEPS, type Sleep } from '#recommendations/sleep.ts';

const HOUR = 3_600_000;
const sleepAt = (night: number, localMidpoint: number): Sleep => {
  const endedAt = night * 24 * HOUR + (localMidpoint + 4) * HOUR;
  return {
    eventId: `night-${night}`,
    startedAt: endedAt - 8 * HOUR,
    endedAt,
    localMidpoint,
    timeZone: 'UTC',
  };
};
const nights = (...midpoints: number[]): Sleep[] =>
  midpoints.map((midpoint, night) => sleepAt(night, midpoint));

test('a mean of hours goes round the clock', () => {
  expect(circularMean([23, 1])).toBeCloseTo(0, 9);
  expect(circularMean([3, 4, 5])).toBeCloseTo(4, 9);
});

test('hours are shown to five minutes, within a day', () => {
  expect([7.5, -1, 24, 23.99].map(clock)).toEqual(['07:30', '23:00', '00:00', '00:00']);
});

test('the shift is the distance of the last midpoint from the habitual one, the short way round', () => {
  expect(advise(nights(3, 3, 3, 5)).shift).toBeCloseTo(2, 9);
  expect(advise(nights(0.5, 0.5, 0.5, 23.5)).shift).toBeCloseTo(-1, 9);
});

test('a late night asks for morning light, an early one for evening light', () => {
  const reasons = (...midpoints: number[]): string =>
    advise(nights(...midpoints))
      .recommendations.map(({ why }) => why)
      .join();
  expect(reasons(3, 3, 3, 6)).toContain('later than usual. Light after waking moves your clock earlier');
  expect(reasons(3, 3, 3, 0)).toContain('earlier than usual. Light in the evening moves your clock later');
  expect(reasons(3, 3, 3, 3)).not.toContain('than usual');
});

test('with too little data nothing is invented', () => {
  expect(advise([])).toMatchObject({ confidence: 'none', recommendations: [] });
  expect(advise(nights(3, 3, 3))).toMatchObject({ confidence: 'low', shift: null, recommendations: [] });
  expect(renderAdvice('ada', advise([]))).toContain('nothing to recommend');
  expect(renderAdvice('ada', advise(nights(3)))).toContain('a habit shows after four nights');
});

test('confidence grows with the nights', () => {
  expect(advise(nights(3, 3, 3, 3)).confidence).toBe('fair');
  expect(advise(nights(...Array<number>(10).fill(3))).confidence).toBe('good');
});

test('advice says that it is not medicine', () => {
  expect(renderAdvice('ada', advise(nights(3, 3, 3, 5)))).toContain('not medicine');
});

const sleeps = fc.array(
  fc.integer({ min: 0, max: 90 }).map((night) => sleepAt(night, 3)),
  { maxLength: 150 },
);

test('the sleeps that are kept do not depend on order or repetition', () => {
  fc.assert(
    fc.property(sleeps, fc.infiniteStream(fc.nat()), fc.nat(5), (list, random, cuts) => {
      const shuffled = [...list, ...list.slice(0, cuts)]
        .map((sleep) => ({ sleep, at: random.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .map(({ sleep }) => sleep);
      const atOnce = addSleeps([], list);
      const oneByOne = shuffled.reduce<readonly Sleep[]>((known, sleep) => addSleeps(known, [sleep]), []);
      expect(oneByOne).toEqual(atOnce);
      expect(atOnce.length).toBeLessThanOrEqual(MAX_SLEEPS);
    }),
  );
});

function activity(over: object, sleep: object): UserActivity {
  const endedAt = new Date(Date.UTC(2026, 2, 2, 6));
  const session = {
    kind: 'SleepSession',
    endedAt,
    endedAtLocal: BigInt(endedAt.getTime() + 9 * HOUR),
    sleepType: 'MAIN',
    ...sleep,
  };
  const occurredAt = new Date(endedAt.getTime() - 8 * HOUR);
  return {
    eventId: 'e',
    userId: 'ada',
    occurredAt,
    timeZone: 'Asia/Tokyo',
    activity: session,
    ...over,
  } as unknown as UserActivity;
}

test('the midpoint is read off the clock where the person woke up', () => {
  expect(readSleep(activity({}, {}))).toMatchObject({ localMidpoint: 11, timeZone: 'Asia/Tokyo' });
});

test('naps, other activities and impossible sleeps count for nothing', () => {
  expect(readSleep(activity({}, { sleepType: 'NAP' }))).toBeNull();
  expect(readSleep(activity({ activity: { kind: 'Meal' } }, {}))).toBeNull();
  expect(readSleep(activity({ occurredAt: new Date(Date.UTC(2026, 2, 2, 7)) }, {}))).toBeNull();
  expect(readSleep(activity({ occurredAt: new Date(Date.UTC(2026, 1, 28)) }, {}))).toBeNull();
});
