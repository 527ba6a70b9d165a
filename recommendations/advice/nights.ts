import { type Habit, ORDINARY_LUX } from '#recommendations/circadian/habit.ts';
import { MINUTE_MS, wrapHours } from '#recommendations/local-time.ts';
import { ACTIVITY_HORIZON_DAYS, type History } from '#recommendations/person/history.ts';
import { NAP, type Segment } from '#recommendations/person/segment.ts';

/** What a person's main sleeps of the last two weeks say, all on the clocks of where they woke up. */
export interface Nights {
  readonly count: number;
  /** Null where too few nights are known for a habit. */
  readonly habit: Habit | null;
  /** Standard deviation of the middle of sleep, hours; null with fewer than four nights. */
  readonly irregularity: number | null;
  /** Hours by which the middle of sleep is later on free days than on work days; null where either is unknown. */
  readonly socialJetLag: number | null;
  readonly lastSleep: Segment | null;
}

const NIGHTS_FOR_A_HABIT = 3;
const NIGHTS_FOR_REGULARITY = 4;
const NIGHTS_OF_A_KIND = 2;
/** A habit outside of this is measured wrongly or is illness; plans keep to what healthy adults need (Watson et al., Sleep 2015; 38: 843-844: seven hours or more). */
export const LEAST_SLEEP_HOURS = 7;
const MOST_SLEEP_HOURS = 9;
const SHORTEST_MAIN_SLEEP_MINUTES = 180;

/** Main sleeps within the horizon of the newest one, in order; the longest of those that overlap. */
export function mainSleeps({ sleep }: History): readonly Segment[] {
  const newest = sleep.at(-1)?.end ?? 0;
  const recent = sleep.filter(
    ({ end, value, minutes }) =>
      value !== NAP && minutes >= SHORTEST_MAIN_SLEEP_MINUTES && end > newest - ACTIVITY_HORIZON_DAYS * 1440,
  );
  const kept: Segment[] = [];
  for (const each of recent) {
    const last = kept.at(-1);
    if (last === undefined || last.end <= each.end - each.minutes) kept.push(each);
    else if (each.minutes > last.minutes) kept[kept.length - 1] = each;
  }
  return kept;
}

export function readNights(history: History): Nights {
  // A night on board is no habit.
  const sleeps = mainSleeps(history).filter((sleep) => !isOnBoard(sleep, history));
  const middles = sleeps.map(middleOf);
  const middle = circularMean(middles);
  const deviation = Math.sqrt(
    middles.reduce((sum, each) => sum + wrapHours(each - middle) ** 2, 0) / Math.max(1, middles.length - 1),
  );
  return {
    count: sleeps.length,
    habit: sleeps.length < NIGHTS_FOR_A_HABIT ? null : habitOf(sleeps, middle),
    irregularity: sleeps.length < NIGHTS_FOR_REGULARITY ? null : deviation,
    socialJetLag: socialJetLag(sleeps),
    lastSleep: sleeps.at(-1) ?? null,
  };
}

function isOnBoard({ end, minutes }: Segment, { trips }: History): boolean {
  return trips.some(
    ({ isCancelled, departsAt, arrivesAt }) =>
      !isCancelled && end * MINUTE_MS > departsAt && (end - minutes) * MINUTE_MS < arrivesAt,
  );
}

function habitOf(sleeps: readonly Segment[], middle: number): Habit {
  const lengths = sleeps.map(({ minutes }) => minutes / 60).sort((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)] ?? 8;
  const sleepHours = Math.min(MOST_SLEEP_HOURS, Math.max(LEAST_SLEEP_HOURS, median));
  return { wake: (((middle + sleepHours / 2) % 24) + 24) % 24, sleepHours, lux: ORDINARY_LUX };
}

/** Local hour of the middle of a sleep. */
export function middleOf({ end, minutes, offset }: Segment): number {
  const local = (end + offset - minutes / 2) / 60;
  return ((local % 24) + 24) % 24;
}

/** The middle of sleep on free days less that on work days (Wittmann et al., Chronobiol Int 2006; 23: 497-509). */
function socialJetLag(sleeps: readonly Segment[]): number | null {
  const kinds = { work: [] as number[], free: [] as number[] };
  for (const each of sleeps) kinds[isFreeDay(each) ? 'free' : 'work'].push(middleOf(each));
  if (kinds.work.length < NIGHTS_OF_A_KIND || kinds.free.length < NIGHTS_OF_A_KIND) return null;
  return wrapHours(circularMean(kinds.free) - circularMean(kinds.work));
}

/** Whether the local day on which a person woke up is a Saturday or Sunday; 1970 began on a Thursday. */
function isFreeDay({ end, offset }: Segment): boolean {
  const weekday = (Math.floor((end + offset) / 1440) + 4) % 7;
  return weekday === 0 || weekday === 6;
}

/** The mean of hours on a 24-hour clock (mean direction: Mardia & Jupp, Directional Statistics, 2000, §2.2). */
export function circularMean(hours: readonly number[]): number {
  const angles = hours.map((hour) => (hour / 24) * 2 * Math.PI);
  const sine = angles.reduce((sum, angle) => sum + Math.sin(angle), 0);
  const cosine = angles.reduce((sum, angle) => sum + Math.cos(angle), 0);
  return ((Math.atan2(sine, cosine) / (2 * Math.PI)) * 24 + 24) % 24;
}
