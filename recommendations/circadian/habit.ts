import type { LightSpan } from '#recommendations/circadian/light.ts';
import { MEAN_PERIOD, type Pacemaker } from '#recommendations/circadian/pacemaker.ts';
import { simulate } from '#recommendations/circadian/simulate.ts';

/** A day that repeats: when a person wakes on the local clock, how long they sleep, and the light while they are awake. */
export interface Habit {
  /** Local hour, from 0 to below 24. */
  readonly wake: number;
  readonly sleepHours: number;
  readonly lux: number;
}

/** Light of a waking hour indoors of which nothing else is known: a lit room. */
export const ORDINARY_LUX = 150;

export interface Entrained {
  /** The state at local midnight. */
  readonly midnight: Pacemaker;
  /** Local hour of the minimum of core body temperature; may be below 0, for a minimum before midnight. */
  readonly cbtMin: number;
}

/** Longer than any clock needs to settle that settles at all. */
const DAYS_TO_SETTLE = 60;
const STEP = 0.25;

/** The light of a habit from day `first` to the end of day `last`, hour 0 being midnight of day 0. */
export function habitualLight({ wake, sleepHours, lux }: Habit, first: number, last: number): LightSpan[] {
  return Array.from({ length: last - first + 2 }, (_, index) => {
    const from = (first - 1 + index) * 24 + wake;
    return { from, to: from + 24 - sleepHours, lux };
  });
}

/** The state of a person who has long lived by a habit. */
export function entrain(habit: Habit, period: number = MEAN_PERIOD): Entrained {
  const days = DAYS_TO_SETTLE;
  const light = habitualLight(habit, 0, days + 1);
  const { final } = simulate(light, { from: 0, to: days * 24, period, step: STEP });
  const { cbtMins } = simulate(light, {
    from: -12,
    to: 36,
    initial: atNoonBefore(final, habit, period),
    period,
  });
  // The night's minimum is the one nearest to where it is expected, some hours before waking up.
  const expected = habit.wake - 2.5;
  const nearest = cbtMins.toSorted((a, b) => Math.abs(a - expected) - Math.abs(b - expected))[0];
  return { midnight: final, cbtMin: nearest ?? expected };
}

/** Half a day on from midnight is the noon before the next midnight, and for a settled clock as good as the last one. */
function atNoonBefore(midnight: Pacemaker, habit: Habit, period: number): Pacemaker {
  return simulate(habitualLight(habit, 0, 1), { from: 0, to: 12, initial: midnight, period, step: STEP })
    .final;
}

/** The settled state at a local hour of a habit's day, from 0 to 24. */
export function stateAt({ midnight }: Entrained, habit: Habit, hour: number, period: number): Pacemaker {
  const options = { from: 0, to: hour, initial: midnight, period, step: STEP };
  return simulate(habitualLight(habit, 0, 1), options).final;
}
