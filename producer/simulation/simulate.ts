import { Temporal } from 'temporal-polyfill';
import type { Uuid } from '#generated/logical-types.ts';
import type { TripPlanInput } from '#generated/trip-plan/types.ts';
import type { UserActivityInput } from '#generated/user-activity/types.ts';
import { momentAfter, momentAt } from '#producer/simulation/clock.ts';
import { simulateDay } from '#producer/simulation/day.ts';
import { createPerson, type Person } from '#producer/simulation/person.ts';
import { createRandom, type Random } from '#producer/simulation/random.ts';

export interface SimulationOptions {
  readonly users: number;
  readonly days: number;
  readonly seed: string;
  /** The first day, ISO. The same options give the same simulation, byte for byte. */
  readonly start: string;
}

export interface Simulation {
  /** In order of occurrence. */
  readonly activities: readonly UserActivityInput[];
  readonly trips: readonly TripPlanInput[];
}

/** People who live through some days; the first of them flies somewhere else in the middle of it. */
export function simulate({ users, days, seed, start }: SimulationOptions): Simulation {
  const random = createRandom(seed);
  const first = Temporal.PlainDate.from(start);
  const activities: UserActivityInput[] = [];
  const trips: TripPlanInput[] = [];
  for (let index = 0; index < users; index += 1) {
    const own = random.fork(`person ${index}`);
    const person = createPerson(index, own);
    const journey = index === 0 && days > 2 ? planJourney(person, first, Math.floor(days / 2), own) : null;
    if (journey !== null) trips.push(journey.trip);
    for (let day = 0; day < days; day += 1) {
      const away = journey !== null && day > journey.day;
      const zone = away ? journey.trip.destinationTimeZone : person.timeZone;
      activities.push(...simulateDay(person, first.add({ days: day }), zone, own));
    }
  }
  activities.sort(
    (a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || (a.eventId < b.eventId ? -1 : 1),
  );
  return { activities, trips };
}

const FAR_AWAY: Readonly<Record<string, string>> = {
  'Europe/Berlin': 'Asia/Tokyo',
  'Europe/Lisbon': 'America/Los_Angeles',
  'America/New_York': 'Europe/Berlin',
  'Asia/Tokyo': 'America/New_York',
  'Australia/Sydney': 'Europe/Lisbon',
};
const FLIGHT_HOURS = 12;

/** A flight in the evening of a day; from the next day on the person lives by the clock of the destination. */
function planJourney(person: Person, first: Temporal.PlainDate, day: number, random: Random) {
  const destination = FAR_AWAY[person.timeZone] ?? 'Asia/Tokyo';
  const departure = momentAt(first.add({ days: day }), 20, person.timeZone);
  const arrival = momentAfter(departure, FLIGHT_HOURS, destination);
  const trip: TripPlanInput = {
    tripId: random.uuid() as Uuid,
    userId: person.userId,
    plannedAt: momentAt(first, 12, person.timeZone).instant,
    originTimeZone: person.timeZone,
    destinationTimeZone: destination,
    departsAt: departure.instant,
    departsAtLocal: departure.local,
    arrivesAt: arrival.instant,
    arrivesAtLocal: arrival.local,
    status: 'PLANNED',
  };
  return { day, trip };
}
