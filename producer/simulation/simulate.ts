import { Temporal } from 'temporal-polyfill';
import { DAYS_PLANNED_AHEAD, Life, type Lived } from '#producer/simulation/life.ts';
import { createPerson } from '#producer/simulation/person.ts';
import { createRandom } from '#producer/simulation/random.ts';

export interface SimulationOptions {
  readonly users: number;
  /** Infinity: without end. */
  readonly days: number;
  readonly seed: string;
  /** The first day, ISO. The same options give the same simulation, byte for byte. */
  readonly start: string;
}

/** Before a date begins in UTC it has begun further east, and whoever sleeps into it went to bed on the evening before. */
const DATE_BEGINS_HOURS_EARLY = 14 + 14;
/** Lives run ahead of what is given out, so that a trip stands where it was planned. */
const AHEAD_HOURS = DATE_BEGINS_HOURS_EARLY + 24 * (DAYS_PLANNED_AHEAD + 1);
const FIRST_TRIP_WITHOUT_END = 5;

/** People who live through some days, in order of time; the first of them flies somewhere else in the middle of it. */
export function* simulate({ users, days, seed, start }: SimulationOptions): Generator<Lived> {
  const random = createRandom(seed);
  const first = Temporal.PlainDate.from(start);
  const trip = days === Number.POSITIVE_INFINITY ? FIRST_TRIP_WITHOUT_END : Math.floor(days / 2);
  const lives = Array.from({ length: users }, (_, index) => {
    const own = random.fork(`person ${index}`);
    return new Life(createPerson(index, own), first, index === 0 && days > 2 ? trip : null, own);
  });
  let waiting: Lived[] = [];
  for (let day = 0; day < days; day += 1) {
    const date = first.add({ days: day });
    for (const life of lives) waiting.push(...life.liveThrough(date));
    waiting.sort(inOrder);
    const next = date.add({ days: 1 }).toZonedDateTime('UTC').epochMilliseconds;
    const known = next - AHEAD_HOURS * 3_600_000;
    const later = waiting.findIndex(({ at }) => at >= known);
    const ready = later < 0 ? waiting.length : later;
    yield* waiting.slice(0, ready);
    waiting = waiting.slice(ready);
  }
  yield* waiting;
}

function inOrder(a: Lived, b: Lived): number {
  const id = ({ kind, value }: Lived): string => (kind === 'trip' ? value.tripId : value.eventId);
  return a.at - b.at || (id(a) < id(b) ? -1 : 1);
}
