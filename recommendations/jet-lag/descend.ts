import { AVOID, type Course, type Level, ORDINARY, SEEK } from '#recommendations/jet-lag/course.ts';

/** More bright light a day than this is more than a person can arrange. */
export const MOST_SEEK_HOURS = 6;

/** Nor can a day be spent in the dark: work, errands and meals have to fit. */
export const MOST_AVOID_HOURS = 10;
/** At home before the journey a day has to be a day. */
export const MOST_AVOID_HOURS_AT_HOME = 4;

/** What a search is to weigh: a plan's error in hours, and what it asks of a person. */
export type Weigh = (error: number, burden: Burden) => number;

export interface Burden {
  /** How often the light changes within waking days. */
  readonly changes: number;
  /** Windows under two hours. */
  readonly scraps: number;
  /** Hours that are not ordinary. */
  readonly hours: number;
}

const SHORTEST_WINDOW_HOURS = 2;
const MOST_ROUNDS = 12;

/**
 * Coordinate descent over windows: for one day after the other, the stretch of hours and its light that help most, until
 * none helps. @returns what the course weighs in the end
 */
export function descend(course: Course, weigh: Weigh, deadline: () => boolean): number {
  let best = weigh(course.error(), burdenOf(course));
  const days = daysOf(course);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    let improved = false;
    for (const day of days) {
      const found = improveDay(course, day, weigh, best);
      if (found < best) {
        best = found;
        improved = true;
        course.remember();
      }
      if (deadline()) return best;
    }
    if (!improved) break;
  }
  return best;
}

/** The blocks of each day that a plan may choose, in order. */
function daysOf({ blocks }: Course): readonly (readonly number[])[] {
  const days = new Map<number, number[]>();
  for (const [index, { day, lux }] of blocks.entries()) {
    if (lux === null) days.set(day, [...(days.get(day) ?? []), index]);
  }
  return [...days.values()];
}

/** Leaves the day as the best single move makes it, or as it was. */
function improveDay(course: Course, day: readonly number[], weigh: Weigh, before: number): number {
  const { levels } = course;
  const kept = day.map((index) => levels[index] as Level);
  const [start = 0] = day;
  const end = day.at(-1) ?? start;
  // Sleep stands between days, so what the other days ask of a person stays the same.
  const others = plus(burdenOf(course, 0, start - 1), burdenOf(course, end + 1));
  let best = before - 1e-6;
  let chosen = kept;
  for (let first = 0; first < day.length; first += 1) {
    for (let last = first; last < day.length; last += 1) {
      for (const level of [AVOID, ORDINARY, SEEK] as const) {
        if (!place(course, day, kept, first, last, level)) continue;
        const burden = plus(others, burdenOf(course, start, end));
        const bound = best - weigh(0, burden);
        if (bound <= 0) continue;
        const weight = weigh(course.error(day[first], bound), burden);
        if (weight >= best) continue;
        best = weight;
        chosen = day.map((index) => levels[index] as Level);
      }
    }
  }
  for (const [position, index] of day.entries()) levels[index] = chosen[position] ?? ORDINARY;
  return chosen === kept ? before : best;
}

/** Sets a stretch of a day to one level; false if that changes nothing or asks for more than a person can keep. */
function place(
  { blocks, levels }: Course,
  day: readonly number[],
  kept: readonly Level[],
  first: number,
  last: number,
  level: Level,
): boolean {
  const hours = [0, 0, 0];
  let same = true;
  for (const [position, index] of day.entries()) {
    const was = kept[position] ?? ORDINARY;
    const now = position >= first && position <= last ? level : was;
    if (now !== was) same = false;
    levels[index] = now;
    const block = blocks[index];
    if (block !== undefined) hours[now] = (hours[now] ?? 0) + block.to - block.from;
  }
  const isHome = (blocks[day[0] ?? 0]?.day ?? 0) < 0;
  const mostAvoid = isHome ? MOST_AVOID_HOURS_AT_HOME : MOST_AVOID_HOURS;
  return !same && (hours[SEEK] ?? 0) <= MOST_SEEK_HOURS + 1e-9 && (hours[AVOID] ?? 0) <= mostAvoid + 1e-9;
}

function plus(a: Burden, b: Burden): Burden {
  return { changes: a.changes + b.changes, scraps: a.scraps + b.scraps, hours: a.hours + b.hours };
}

/** What these blocks of a course ask of a person. */
export function burdenOf({ blocks, levels }: Course, first = 0, last = blocks.length - 1): Burden {
  let changes = 0;
  let scraps = 0;
  let hours = 0;
  let run = 0;
  for (let index = first; index <= last; index += 1) {
    const block = blocks[index];
    if (block === undefined || block.lux !== null) {
      run = 0;
      continue;
    }
    const level = levels[index];
    const length = block.to - block.from;
    const before = index > first ? blocks[index - 1] : undefined;
    const next = blocks[index + 1];
    const continues = before?.lux === null && levels[index - 1] === level;
    if (before?.lux === null && !continues) changes += 1;
    run = continues ? run + length : length;
    if (level === ORDINARY) continue;
    hours += length;
    const ends = index === last || next === undefined || next.lux !== null || levels[index + 1] !== level;
    if (ends && run < SHORTEST_WINDOW_HOURS - 1e-9) scraps += 1;
  }
  return { changes, scraps, hours };
}
