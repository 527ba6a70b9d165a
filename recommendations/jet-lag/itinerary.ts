import { habitualNights } from '#recommendations/advice/exposure.ts';
import type { Habit } from '#recommendations/circadian/habit.ts';
import {
  dateOf,
  HOUR_MS,
  instantOf,
  localHour,
  offsetHours,
  wrapHours,
} from '#recommendations/local-time.ts';

/** A journey of one person; a change of the clock at home is one without a flight. Instants in milliseconds since 1970. */
export interface Move {
  readonly origin: string;
  readonly destination: string;
  readonly departsAt: number;
  readonly arrivesAt: number;
}

export type Activity = 'sleep' | 'nap' | 'flight' | 'awake';

/** What a person does over a stretch of a journey. Hours since 1970. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly activity: Activity;
  readonly timeZone: string;
  /** Counts waking days, from the day of arrival; below 0 before it. */
  readonly day: number;
}

/** Up, packed and at the airport. */
const HOURS_BEFORE_DEPARTURE = 3;
/** Out of the airport and in bed. */
const HOURS_AFTER_ARRIVAL = 1;
/** Less sleep on board than this asks for a nap after landing. */
const SHORT_NIGHT_HOURS = 5;
const NAP_HOURS = 1.5;
const HOURS_FROM_NAP_TO_BED = 7;
const HOURS_AWAKE_BEFORE_NAP = 14;
const HOURS_AWAKE_BEFORE_SLEEP = 10;
const SHORTEST_BOARD_SLEEP_HOURS = 2;

/** Hours by which the clocks of the destination are ahead on arrival of those of the origin on departure. */
export function clocksAhead({ origin, destination, departsAt, arrivesAt }: Move): number {
  return wrapHours(offsetHours(arrivesAt, destination) - offsetHours(departsAt - HOUR_MS, origin));
}

/**
 * Sleep, flight and waking hours from `from` until the bedtime before morning `days` at the destination. Nights are as
 * long as usual: before an early departure one goes to bed earlier, not shorter.
 */
export function itinerary(move: Move, habit: Habit, from: number, days: number): readonly Stretch[] {
  const until = bedtimeBefore(move, habit, days);
  const asleep = sleepOf(move, habit, from, until);
  const edges = new Set([from / HOUR_MS, until / HOUR_MS]);
  const add = (hour: number): void => {
    if (hour > from / HOUR_MS && hour < until / HOUR_MS) edges.add(hour);
  };
  for (const each of asleep) for (const hour of [each.from, each.to]) add(hour);
  add(move.departsAt / HOUR_MS);
  add(move.arrivesAt / HOUR_MS);
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((start, index) => {
    const to = sorted[index + 1] ?? start;
    const middle = ((start + to) / 2) * HOUR_MS;
    const timeZone = middle < move.departsAt ? move.origin : move.destination;
    const rest = asleep.find((each) => each.from <= start && each.to >= to);
    const inFlight = middle >= move.departsAt && middle < move.arrivesAt;
    const activity = rest?.activity ?? (inFlight ? 'flight' : 'awake');
    return { from: start, to, activity, timeZone, day: dayOf(middle, move, habit) };
  });
}

/** The instant of going to bed before morning `days`, the day after arrival being morning 1. */
export function bedtimeBefore(
  { destination, arrivesAt }: Move,
  { wake, sleepHours }: Habit,
  days: number,
): number {
  const morning = dateOf(arrivesAt, destination).add({ days });
  return instantOf(morning, wake - sleepHours, destination);
}

/** The waking day of an instant, by the clock of the destination; a night belongs to the day that it follows. */
export function dayOf(instant: number, { destination, arrivesAt }: Move, { wake }: Habit): number {
  const woke = dateOf(instant - wake * HOUR_MS, destination);
  return dateOf(arrivesAt, destination).until(woke, { largestUnit: 'day' }).days;
}

interface Rest {
  readonly from: number;
  readonly to: number;
  readonly activity: 'sleep' | 'nap';
}

function sleepOf(move: Move, habit: Habit, from: number, until: number): readonly Rest[] {
  const rests: Rest[] = [];
  const add = (start: number, to: number, activity: Rest['activity'] = 'sleep'): void => {
    if (to - start >= 0.5) rests.push({ from: start, to, activity });
  };
  if (move.arrivesAt === move.departsAt) {
    for (const night of habitualNights(habit, move.destination, from, until)) {
      add(Math.max(from / HOUR_MS, night.from), Math.min(until / HOUR_MS, night.to));
    }
    return rests;
  }
  const leaves = move.departsAt / HOUR_MS - HOURS_BEFORE_DEPARTURE;
  for (const night of habitualNights(habit, move.origin, from, move.departsAt)) {
    if (night.from >= leaves) continue;
    const early = Math.max(0, night.to - leaves);
    if (early < habit.sleepHours - 1) add(Math.max(from / HOUR_MS, night.from - early), night.to - early);
  }
  const onBoard = boardSleep(move, habit, rests.at(-1)?.to ?? from / HOUR_MS);
  if (onBoard !== null) add(onBoard.from, onBoard.to);
  const lands = move.arrivesAt / HOUR_MS;
  const isShort = onBoard === null || onBoard.to - onBoard.from < SHORT_NIGHT_HOURS;
  const awake = lands - (rests.at(-1)?.to ?? lands);
  const nap = isShort && awake > HOURS_AWAKE_BEFORE_NAP ? napAfter(move, habit) : null;
  if (nap !== null) add(nap, nap + NAP_HOURS, 'nap');
  for (const night of habitualNights(habit, move.destination, move.arrivesAt, until)) {
    add(Math.max(night.from, lands + HOURS_AFTER_ARRIVAL), Math.min(night.to, until / HOUR_MS));
  }
  return rests;
}

/** The part of the flight that is night at the destination, if the person is tired by then, or night at the origin. */
function boardSleep(
  move: Move,
  habit: Habit,
  wokeUp: number,
): { readonly from: number; readonly to: number } | null {
  const start = move.departsAt / HOUR_MS + 1;
  const end = move.arrivesAt / HOUR_MS - 1;
  for (const timeZone of [move.destination, move.origin]) {
    for (const night of habitualNights(habit, timeZone, move.departsAt, move.arrivesAt)) {
      const from = Math.max(start, night.from);
      const to = Math.min(end, night.to);
      if (to - from >= SHORTEST_BOARD_SLEEP_HOURS && from - wokeUp >= HOURS_AWAKE_BEFORE_SLEEP)
        return { from, to };
    }
  }
  return null;
}

/** Hour since 1970 of a nap on the day of arrival that leaves the night alone; null if there is no room for it. */
function napAfter({ arrivesAt, destination }: Move, { wake, sleepHours }: Habit): number | null {
  const start = arrivesAt + 2 * HOUR_MS;
  const hour = localHour(start, destination);
  const bed = (wake - sleepHours + 24) % 24;
  const toBed = (bed - hour + 24) % 24;
  return hour >= wake && toBed >= HOURS_FROM_NAP_TO_BED + NAP_HOURS ? start / HOUR_MS : null;
}

/** The instant of waking up `days` days before the day of departure. */
export function wakingBefore({ origin, departsAt }: Move, { wake }: Habit, days: number): number {
  return instantOf(dateOf(departsAt, origin).subtract({ days }), wake, origin);
}

/** The last instant of waking up by a habit. */
export function lastWaking({ wake }: Habit, timeZone: string, now: number): number {
  const today = instantOf(dateOf(now, timeZone), wake, timeZone);
  return today <= now ? today : instantOf(dateOf(now, timeZone).subtract({ days: 1 }), wake, timeZone);
}
