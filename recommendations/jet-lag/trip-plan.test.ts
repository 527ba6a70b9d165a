import { expect, test } from 'vitest';
import { clockAt } from '#recommendations/advice/body-clock.ts';
import { AVOID, SEEK } from '#recommendations/jet-lag/course.ts';
import { MOST_AVOID_HOURS, MOST_SEEK_HOURS } from '#recommendations/jet-lag/descend.ts';
import type { Move } from '#recommendations/jet-lag/itinerary.ts';
import { PERIODS, planStart, planTrip } from '#recommendations/jet-lag/trip-plan.ts';
import { HOUR_MS } from '#recommendations/local-time.ts';
import { NOTHING_KNOWN } from '#recommendations/person/history.ts';

const habit = { wake: 7.25, sleepHours: 8, lux: 150 };

function move(origin: string, destination: string, departs: string, arrives: string): Move {
  return { origin, destination, departsAt: Date.parse(departs), arrivesAt: Date.parse(arrives) };
}
function planOf(trip: Move, from = trip.departsAt - 96 * HOUR_MS) {
  const clocks = PERIODS.map((period) => clockAt(NOTHING_KNOWN, habit, trip.origin, from, period));
  return planTrip(trip, habit, clocks, planStart(trip, habit, trip.origin, from));
}

const WEST = move('Europe/Berlin', 'America/New_York', '2026-03-10T09:00Z', '2026-03-10T17:30Z');
const EAST = move('America/New_York', 'Europe/Paris', '2026-05-02T22:00Z', '2026-05-03T05:30Z');
const EARLY = move('Europe/Lisbon', 'Asia/Dubai', '2026-05-02T04:30Z', '2026-05-02T13:30Z');

const plans = { west: planOf(WEST), east: planOf(EAST), early: planOf(EARLY) };

test.each([
  ['west', plans.west],
  ['east by night', plans.east],
  ['east, early in the morning', plans.early],
])('a plan for a flight %s settles, and a person can keep it', (_, plan) => {
  expect(plan.settles).toBe(true);
  for (const day of new Set(plan.steps.map((step) => step.day))) {
    const hours = (level: number): number =>
      plan.steps
        .filter((step) => step.day === day && step.level === level)
        .reduce((sum, { from, to }) => sum + to - from, 0);
    expect(hours(SEEK)).toBeLessThanOrEqual(MOST_SEEK_HOURS + 1e-6);
    expect(hours(AVOID)).toBeLessThanOrEqual(MOST_AVOID_HOURS + 1e-6);
  }
  for (const { level, activity } of plan.steps) if (level !== null) expect(activity).toBe('awake');
  const ends = plan.steps.slice(0, -1).map(({ to }) => to);
  const starts = plan.steps.slice(1).map(({ from }) => from);
  for (const [index, end] of ends.entries()) expect(starts[index]).toBeCloseTo(end, 6);
});

test('a night before an early departure begins earlier and is not shorter', () => {
  const plan = plans.early;
  const before = plan.steps.filter(
    ({ activity, to }) => activity === 'sleep' && to * HOUR_MS <= EARLY.departsAt,
  );
  const last = before.filter(({ day }) => day === before.at(-1)?.day);
  expect(last.reduce((sum, { from, to }) => sum + to - from, 0)).toBeCloseTo(8, 6);
  expect(EARLY.departsAt / HOUR_MS - (last.at(-1)?.to ?? 0)).toBeCloseTo(3, 6);
});

test('a plan that is made after landing begins with that morning', () => {
  const late = planOf(EARLY, EARLY.arrivesAt + 20 * HOUR_MS);
  expect((late.steps[0]?.from ?? 0) * HOUR_MS).toBeGreaterThan(EARLY.arrivesAt);
});

test('the direction of each window that counts is the direction of the plan', () => {
  const plan = plans.west;
  expect(plan.direction).toBe('later');
  const strong = plan.lightWindows.filter(({ effect }) => Math.abs(effect) > 0.3);
  expect(strong.length).toBeGreaterThan(0);
  for (const { effect } of strong) expect(effect).toBeGreaterThan(0);
});
