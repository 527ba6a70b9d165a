import { awayWindows } from '#recommendations/advice/away.ts';
import { type BodyClock, clockAt, liveOn, type Phase, phaseOf } from '#recommendations/advice/body-clock.ts';
import type { Checkpoint, KeptPlan } from '#recommendations/advice/checkpoint.ts';
import { homeWindows } from '#recommendations/advice/home.ts';
import { nextMove } from '#recommendations/advice/next-move.ts';
import { type Nights, readNights } from '#recommendations/advice/nights.ts';
import type { Window } from '#recommendations/advice/window.ts';
import type { Habit } from '#recommendations/circadian/habit.ts';
import { clocksAhead, itinerary, type Move } from '#recommendations/jet-lag/itinerary.ts';
import { PERIODS, planStart, planTrip } from '#recommendations/jet-lag/trip-plan.ts';
import { HOUR_MS, isTimeZone } from '#recommendations/local-time.ts';
import type { History } from '#recommendations/person/history.ts';

/** How far advice can be trusted: it says so itself instead of inventing what is not known. */
export type Confidence = 'none' | 'low' | 'fair' | 'good';

export interface Journey {
  readonly move: Move;
  /** Hours by which the destination's clocks are ahead; negative behind. */
  readonly ahead: number;
  /** The morning, counted from the day after arrival, by which the clock has settled if the plan is kept. */
  readonly days: number;
  readonly settles: boolean;
  /** Which way the clock goes. */
  readonly direction: 'earlier' | 'later';
}

export interface Advice {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly timeZone: string | null;
  readonly confidence: Confidence;
  readonly nights: Nights;
  readonly phase: Phase | null;
  readonly journey: Journey | null;
  /** In order; of a journey all that are to come, otherwise those until the next morning. */
  readonly windows: readonly Window[];
}

const NIGHTS_FOR_FAIR = 4;
const NIGHTS_FOR_GOOD = 10;
const STALE_HOURS = 72;
const MEALS_THAT_TELL = 6;

/**
 * Advice for a person at an instant. Pure: the checkpoint only spares work that an earlier read of the same history did.
 * Not medicine.
 * @returns the advice, and the checkpoint to keep for the next read; null if there is nothing to keep
 */
export function advise(
  history: History,
  now: number,
  checkpoint: Checkpoint | null = null,
): { readonly advice: Advice; readonly checkpoint: Checkpoint | null } {
  const nights = readNights(history);
  const timeZone = history.whereabouts?.timeZone ?? null;
  const { habit } = nights;
  if (habit === null || timeZone === null || !isTimeZone(timeZone)) {
    const confidence = nights.count === 0 ? 'none' : 'low';
    const advice = {
      at: now,
      timeZone,
      confidence,
      nights,
      phase: null,
      journey: null,
      windows: [],
    } as const;
    return { advice, checkpoint: null };
  }
  const kept = checkpoint !== null && checkpoint.clock.at <= now ? checkpoint : null;
  const body =
    kept === null ? clockAt(history, habit, timeZone, now) : liveOn(kept.clock, habit, timeZone, now);
  const move = nextMove(history, timeZone, now);
  const planned = move === null ? null : plan(history, habit, timeZone, now, move, kept);
  const drinksCaffeine = history.meal.length < MEALS_THAT_TELL || history.meal.some(({ value }) => value > 0);
  const windows = planned?.isCurrent
    ? awayWindows(planned.kept.lightWindows, planned.stretches, planned.move, habit, { drinksCaffeine })
    : homeWindows(body, habit, timeZone, { drinksCaffeine });
  const advice: Advice = {
    at: now,
    timeZone,
    confidence: confidenceOf(nights, now),
    nights,
    phase: phaseOf(body, habit, timeZone),
    journey: planned === null ? null : journeyOf(planned),
    windows: windows.filter(({ until }) => until > now),
  };
  const keptPlan = planned === null ? null : { key: planned.key, kept: planned.kept };
  return { advice, checkpoint: { clock: body, plan: keptPlan } };
}

function journeyOf({ move, kept }: Planned): Journey {
  const { days, settles, direction } = kept;
  return { move, ahead: clocksAhead(move), days, settles, direction };
}

interface Planned {
  readonly move: Move;
  readonly key: string;
  readonly kept: KeptPlan;
  readonly stretches: ReturnType<typeof itinerary>;
  /** Whether the plan has begun: before that a day at home is a day at home. */
  readonly isCurrent: boolean;
}

/** The plan from this morning on, from what the clock is by then: what was not kept yesterday is made good. */
function plan(
  history: History,
  habit: Habit,
  timeZone: string,
  now: number,
  move: Move,
  checkpoint: Checkpoint | null,
): Planned | null {
  const start = planStart(move, habit, timeZone, now);
  const { origin, destination, departsAt, arrivesAt } = move;
  const key = [start, origin, destination, departsAt, arrivesAt].join(' ');
  const known = checkpoint?.plan?.key === key ? checkpoint.plan.kept : null;
  const kept =
    known ?? planTrip(move, habit, clocksAt(history, habit, timeZone, Math.min(start, now)), start);
  const stretches = itinerary(move, habit, start, kept.days);
  const end = stretches.at(-1)?.to ?? 0;
  if (end * HOUR_MS < now) return null;
  return { move, key, kept, stretches, isCurrent: start <= now };
}

/** The person's clock as it is with each period that a plan has to serve. */
function clocksAt(history: History, habit: Habit, timeZone: string, at: number): readonly BodyClock[] {
  return PERIODS.map((period) => clockAt(history, habit, timeZone, at, period));
}

function confidenceOf({ count, lastSleep }: Nights, now: number): Confidence {
  const since = lastSleep === null ? Number.POSITIVE_INFINITY : now / HOUR_MS - lastSleep.end / 60;
  if (count < NIGHTS_FOR_FAIR || since > STALE_HOURS) return 'low';
  return count < NIGHTS_FOR_GOOD ? 'fair' : 'good';
}
