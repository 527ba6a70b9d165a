import type { Move } from '#recommendations/jet-lag/itinerary.ts';
import { clocksAhead } from '#recommendations/jet-lag/itinerary.ts';
import { HOUR_MS, isTimeZone, nextJump } from '#recommendations/local-time.ts';
import type { History } from '#recommendations/person/history.ts';

const DAY_MS = 24 * HOUR_MS;
/** A plan further ahead would be made again anyway. */
const DAYS_AHEAD = 7;
/** From here on a new journey is prepared for, even if the last one is not over. */
const DAYS_OF_PREPARATION = 2.5;
/** Shorter than the longest plan. */
const DAYS_AFTER = 8;
const DAYS_AFTER_JUMP = 3;

/** The journey that today's advice is about: one that is near, or the one made last, or the next; null: none. */
export function nextMove({ trips }: History, timeZone: string, now: number): Move | null {
  const near = trips
    .filter(
      (trip) =>
        !trip.isCancelled &&
        isTimeZone(trip.origin) &&
        isTimeZone(trip.destination) &&
        trip.departsAt < now + DAYS_AHEAD * DAY_MS &&
        trip.arrivesAt > now - DAYS_AFTER * DAY_MS &&
        clocksAhead(trip) !== 0,
    )
    .sort((a, b) => a.departsAt - b.departsAt);
  const next = near.find(({ departsAt }) => departsAt > now);
  const isNear = next !== undefined && next.departsAt < now + DAYS_OF_PREPARATION * DAY_MS;
  const underWay = near.findLast(({ departsAt }) => departsAt <= now);
  const trip = isNear ? next : (underWay ?? next);
  if (trip === undefined) return nextClockChange(timeZone, now);
  const { origin, destination, departsAt, arrivesAt } = trip;
  return { origin, destination, departsAt, arrivesAt };
}

/** A change of the clock at home is a small journey without a flight. */
function nextClockChange(timeZone: string, now: number): Move | null {
  const jump = nextJump(now - DAYS_AFTER_JUMP * DAY_MS, now + DAYS_AHEAD * DAY_MS, timeZone);
  if (jump === null) return null;
  return { origin: timeZone, destination: timeZone, departsAt: jump.at, arrivesAt: jump.at };
}
