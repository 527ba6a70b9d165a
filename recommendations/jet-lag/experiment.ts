import {
  entrain,
  type Habit,
  habitualLight,
  ORDINARY_LUX,
  stateAt,
} from '#recommendations/circadian/habit.ts';
import { simulate } from '#recommendations/circadian/simulate.ts';
import { type Block, LEVEL_LUX, type Level, SETTLED_WITHIN_HOURS } from '#recommendations/jet-lag/course.ts';
import { type Found, fewestDaysFor, type Journey, search } from '#recommendations/jet-lag/search.ts';

/**
 * The experiment by which plans are measured: a person settled to waking from 08:00 to 24:00 at 150 lux arrives at local
 * noon with a clock that is `shift` hours behind (positive, after flying east) or ahead. All plans sleep 00:00 to 08:00.
 */
const HABIT: Habit = { wake: 8, sleepHours: 8, lux: ORDINARY_LUX };
const ARRIVAL = 12;
const MORNINGS_THAT_STAY = 4;
const LONGEST_DAYS = 60;

export interface Guidance {
  /** Morning on which it ends; 0: none. */
  readonly days: number;
  /** Lux of each hour from arrival to its end. */
  readonly lux: readonly number[];
}

export const UNGUIDED: Guidance = { days: 0, lux: [] };

/** The plan for people of these periods: one plan that settles each of them. */
export function planExperiment(shift: number, periods: readonly number[]): Guidance {
  const found = search(experiment(shift, periods));
  return { days: found.days, lux: found.course.blocks.map((_, index) => luxOf(found, index)) };
}

function luxOf({ course }: Found, index: number): number {
  return course.blocks[index]?.lux ?? LEVEL_LUX[course.levels[index] as Level];
}

function experiment(shift: number, periods: readonly number[]): Journey {
  const travellers = periods.map((period) => {
    const settled = entrain(HABIT, period);
    return {
      period,
      initial: stateAt(settled, HABIT, (ARRIVAL - shift + 24) % 24, period),
      target: settled.cbtMin,
    };
  });
  const cbtMin = (travellers[0]?.target ?? 0) + shift;
  return { blocks: hourly, travellers, habit: HABIT, fewestDays: fewestDaysFor(Math.abs(shift)), cbtMin };
}

function hourly(days: number): readonly Block[] {
  return Array.from({ length: 24 * days - ARRIVAL }, (_, index) => {
    const from = ARRIVAL + index;
    return { from, to: from + 1, day: Math.floor(from / 24), lux: from % 24 < HABIT.wake ? 0 : null };
  });
}

/**
 * Destination mornings until the minimum is within an hour of its target and the next three, lived unguided, stay there.
 * Lived through again with short steps: nothing of the search is taken on trust.
 */
export function daysToSettle(shift: number, period: number, guidance: Guidance): number {
  const settled = entrain(HABIT, period);
  const initial = stateAt(settled, HABIT, (ARRIVAL - shift + 24) % 24, period);
  const guided = guidance.lux.map((lux, index) => ({ from: ARRIVAL + index, to: ARRIVAL + index + 1, lux }));
  const after = habitualLight(HABIT, guidance.days, LONGEST_DAYS).filter(
    ({ to }) => to > Math.max(ARRIVAL, 24 * guidance.days),
  );
  const { cbtMins } = simulate([...after, ...guided], {
    from: ARRIVAL,
    to: 24 * LONGEST_DAYS,
    initial,
    period,
  });
  const isSettled = (morning: number): boolean => {
    const target = 24 * morning + settled.cbtMin;
    return cbtMins.some((hour) => Math.abs(hour - target) <= SETTLED_WITHIN_HOURS);
  };
  for (let morning = Math.max(1, guidance.days); morning < LONGEST_DAYS - MORNINGS_THAT_STAY; morning += 1) {
    if ([0, 1, 2, 3].every((more) => isSettled(morning + more))) return morning;
  }
  return Number.POSITIVE_INFINITY;
}
