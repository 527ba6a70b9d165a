import { type BodyClock, liveOn } from '#recommendations/advice/body-clock.ts';
import { entrain, type Habit } from '#recommendations/circadian/habit.ts';
import {
  AVOID,
  type Block,
  type Course,
  type Level,
  ORDINARY,
  SEEK,
} from '#recommendations/jet-lag/course.ts';
import {
  clocksAhead,
  dayOf,
  itinerary,
  lastWaking,
  type Move,
  type Stretch,
  wakingBefore,
} from '#recommendations/jet-lag/itinerary.ts';
import { type Found, fewestDaysFor, search } from '#recommendations/jet-lag/search.ts';
import { dateOf, HOUR_MS, instantOf, wrapHours } from '#recommendations/local-time.ts';

/** Clocks differ, and a plan that is the fastest for one of them fails the next: a plan has to settle all of these. */
export const PERIODS = [24.0, 24.2, 24.4] as const;

/** Windowed cabin, reading light. */
const CABIN_LUX = 50;
const DAYS_OF_PREPARATION = 2;
/** What two days at home may move a clock that has to wake up as usual. */
const HOURS_OF_PREPARATION = 3;

export interface TripPlan {
  readonly move: Move;
  readonly habit: Habit;
  /** Hours by which the destination's clocks are ahead; negative behind. */
  readonly ahead: number;
  /** Morning at the destination by which the clock has settled, if everything is kept. */
  readonly days: number;
  readonly settles: boolean;
  readonly direction: 'earlier' | 'later';
  readonly steps: readonly Step[];
  readonly lightWindows: readonly LightWindow[];
}

/** Light to seek or to avoid without a break. Hours since 1970. */
export interface LightWindow {
  readonly from: number;
  readonly to: number;
  readonly timeZone: string;
  readonly level: typeof SEEK | typeof AVOID;
  /** Hours by which this window alone moves the clock until the end of the plan: negative earlier. */
  readonly effect: number;
  /** The temperature minimum that is nearest, hours since 1970. */
  readonly cbtMin: number;
}

/** Hours by which the clock moves under the plan: negative earlier. */
function driftOf(course: Course): number {
  const minima = course.minima();
  return (minima.at(-1) ?? 0) - (minima[0] ?? 0) - 24 * (minima.length - 1);
}

/** A block of the journey with the light that it asks for. Hours since 1970. */
export interface Step extends Stretch {
  /** Null where light is what it is. */
  readonly level: Level | null;
  readonly lux: number;
}

/** Where a plan made now begins: two mornings before departure, or once that is past, this morning. */
export function planStart(move: Move, habit: Habit, timeZone: string, now: number): number {
  return Math.max(wakingBefore(move, habit, DAYS_OF_PREPARATION), lastWaking(habit, timeZone, now));
}

/**
 * The plan of a journey: the light of each hour from `start` until the clock has settled at the destination. `clocks`
 * holds the traveller's clock, at `start` or before, as it would be with each of `PERIODS`.
 */
export function planTrip(move: Move, habit: Habit, clocks: readonly BodyClock[], start: number): TripPlan {
  const midnight = instantOf(dateOf(move.arrivesAt, move.destination), 0, move.destination) / HOUR_MS;
  const travellers = clocks.map((clock) => {
    const { period, state } = liveOn(
      clock,
      habit,
      start < move.departsAt ? move.origin : move.destination,
      start,
    );
    return { period, initial: state, target: entrain(habit, period).cbtMin };
  });
  const ahead = clocksAhead(move);
  const prepares = start < move.departsAt - 12 * HOUR_MS;
  const found = search({
    blocks: (days) => blocksOf(itinerary(move, habit, start, days), midnight),
    travellers,
    habit,
    fewestDays: Math.max(
      start < move.arrivesAt ? fewestDaysFor(Math.abs(ahead) - (prepares ? HOURS_OF_PREPARATION : 0)) : 1,
      dayOf(start, move, habit) + 1,
    ),
    cbtMin: (travellers[0]?.target ?? 0) + ahead,
  });
  const steps = stepsOf(found, itinerary(move, habit, start, found.days), midnight);
  return {
    move,
    habit,
    ahead,
    days: found.days,
    settles: found.settles,
    direction: driftOf(found.course) < 0 ? 'earlier' : 'later',
    steps,
    lightWindows: lightWindows(found.course, steps),
  };
}

function lightWindows(course: Course, steps: readonly Step[]): readonly LightWindow[] {
  const minima = course.minima();
  const shiftOfAxis = (steps[0]?.from ?? 0) - (course.blocks[0]?.from ?? 0);
  return runsOf(steps).map(([first, last]) => {
    const { from, timeZone, level } = steps[first] as Step;
    const { to } = steps[last] as Step;
    const without = course.copy();
    without.levels.fill(ORDINARY, first, last + 1);
    const effect = (minima.at(-1) ?? 0) - (without.minima().at(-1) ?? 0);
    const middle = (from + to) / 2 - shiftOfAxis;
    const nearest = minima.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0] ?? middle;
    const cbtMin = nearest + shiftOfAxis;
    return { from, to, timeZone, level: level === SEEK ? SEEK : AVOID, effect: wrapHours(effect), cbtMin };
  });
}

/** First and last index of each stretch of one level that is not ordinary. */
function runsOf(steps: readonly Step[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const [index, { level, timeZone, from }] of steps.entries()) {
    if (level === null || level === ORDINARY) continue;
    const last = runs.at(-1);
    const before = last === undefined ? undefined : steps[last[1]];
    const continues =
      last?.[1] === index - 1 &&
      before?.level === level &&
      before.timeZone === timeZone &&
      Math.abs(before.to - from) < 1e-6;
    if (last !== undefined && continues) last[1] = index;
    else runs.push([index, index]);
  }
  return runs;
}

/** Whole hours, cut where the itinerary changes. */
function blocksOf(stretches: readonly Stretch[], midnight: number): readonly Block[] {
  const blocks: Block[] = [];
  for (const { from, to, activity, day } of stretches) {
    const lux = activity === 'awake' ? null : activity === 'flight' ? CABIN_LUX : 0;
    for (let hour = from; hour < to - 1e-9; ) {
      const next = Math.min(to, Math.floor(hour + 1e-9) + 1);
      blocks.push({ from: hour - midnight, to: next - midnight, day, lux });
      hour = next;
    }
  }
  return blocks;
}

function stepsOf({ course }: Found, stretches: readonly Stretch[], midnight: number): readonly Step[] {
  return course.blocks.map((block, index) => {
    const from = block.from + midnight;
    const to = block.to + midnight;
    const stretch = stretches.find((each) => each.from <= from + 1e-9 && each.to >= to - 1e-9);
    if (stretch === undefined) throw new Error('a block outside of its itinerary');
    const level = block.lux === null ? (course.levels[index] as Level) : null;
    return { ...stretch, from, to, level, lux: course.lux(index) };
  });
}
