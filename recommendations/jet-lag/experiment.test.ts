import { expect, test } from 'vitest';
import { daysToSettle, planExperiment, UNGUIDED } from '#recommendations/jet-lag/experiment.ts';

const SHIFTS = [-12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const PERIODS = [24.0, 24.2, 24.4];

test('left alone a clock needs 243 days for all shifts, and at +10 goes the long way round', () => {
  const days = SHIFTS.map((shift) => daysToSettle(shift, 24.2, UNGUIDED));
  expect(days.reduce((sum, each) => sum + each, 0)).toBe(243);
  expect(daysToSettle(10, 24.2, UNGUIDED)).toBe(23);
});

test.each([
  [-7, 5],
  [-3, 3],
  [2, 3],
  [6, 5],
  [9, 5],
])('one plan for a shift of %i h settles clocks of different periods within %i days', (shift, most) => {
  const plan = planExperiment(shift, PERIODS);
  for (const period of PERIODS) {
    expect(daysToSettle(shift, period, plan)).toBeLessThanOrEqual(most);
  }
});

test('a plan keeps the nights dark and seeks light for at most six hours a day', () => {
  const { lux, days } = planExperiment(5, PERIODS);
  for (let day = 0; day < days; day += 1) {
    const hours = lux.map((each, index) => ({ lux: each, hour: index + 12 }));
    const own = hours.filter(({ hour }) => Math.floor(hour / 24) === day);
    expect(own.filter(({ hour }) => hour % 24 < 8).every((each) => each.lux === 0)).toBe(true);
    expect(own.filter((each) => each.lux === 5000).length).toBeLessThanOrEqual(6);
  }
});

test('the same experiment gives the same plan', () => {
  expect(planExperiment(4, PERIODS)).toEqual(planExperiment(4, PERIODS));
});
