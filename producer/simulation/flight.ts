import type { Temporal } from 'temporal-polyfill';
import type { Uuid } from '#generated/logical-types.ts';
import type { TripPlanInput } from '#generated/trip-plan/types.ts';
import type { UserActivityInput } from '#generated/user-activity/types.ts';
import { type Moment, momentAfter, momentAt } from '#producer/simulation/clock.ts';
import type { Person } from '#producer/simulation/person.ts';
import { flightHours, type Place } from '#producer/simulation/places.ts';
import type { Random } from '#producer/simulation/random.ts';

/** A journey by air. */
export interface Flight {
  readonly from: Place;
  readonly to: Place;
  readonly departure: Moment;
  readonly arrival: Moment;
}

const SHORTEST_SLEEP_FLIGHT_HOURS = 5;
const LIGHT_EVERY_HOURS = 0.5;

/** A flight in the evening of a local day. */
export function planFlight(from: Place, to: Place, date: Temporal.PlainDate, random: Random): Flight {
  const departure = momentAt(date, random.between(17, 21), from.timeZone);
  return { from, to, departure, arrival: momentAfter(departure, flightHours(from, to), to.timeZone) };
}

/** The plan of a flight, as its traveller sends it. */
export function tripPlan(person: Person, flight: Flight, plannedAt: Date, random: Random): TripPlanInput {
  const { from, to, departure, arrival } = flight;
  return {
    tripId: random.uuid() as Uuid,
    userId: person.userId,
    plannedAt,
    originTimeZone: from.timeZone,
    destinationTimeZone: to.timeZone,
    departsAt: departure.instant,
    departsAtLocal: departure.local,
    arrivesAt: arrival.instant,
    arrivesAtLocal: arrival.local,
    status: 'PLANNED',
  };
}

/** What a traveller does on board: the light of a cabin, and some sleep in the middle of a long flight. */
export function onBoard(person: Person, flight: Flight, random: Random): readonly UserActivityInput[] {
  const { departure, arrival, to } = flight;
  const hours = (arrival.instant.getTime() - departure.instant.getTime()) / 3_600_000;
  const at = (hour: number): Moment => momentAfter(departure, hour, to.timeZone);
  const activity = (hour: number, what: UserActivityInput['activity']): UserActivityInput => {
    const { instant, local } = at(hour);
    return {
      eventId: random.uuid() as Uuid,
      userId: person.userId,
      occurredAt: instant,
      occurredAtLocal: local,
      timeZone: to.timeZone,
      source: person.hasWearable ? 'WEARABLE' : 'PHONE',
      activity: what,
    };
  };
  const sleeps = hours >= SHORTEST_SLEEP_FLIGHT_HOURS;
  const asleep = { from: hours * 0.3, to: hours * 0.3 + (sleeps ? hours * random.between(0.3, 0.5) : 0) };
  const activities: UserActivityInput[] = [];
  if (sleeps) {
    const end = at(asleep.to);
    const sleepType = asleep.to - asleep.from > 3 ? 'MAIN' : 'NAP';
    const sleep = { kind: 'SleepSession', endedAt: end.instant, endedAtLocal: end.local, sleepType } as const;
    activities.push(activity(asleep.from, sleep));
  }
  for (let hour = 0; hour + LIGHT_EVERY_HOURS <= hours; hour += LIGHT_EVERY_HOURS) {
    if (hour + LIGHT_EVERY_HOURS > asleep.from && hour < asleep.to) continue;
    activities.push(
      activity(hour, {
        kind: 'LightExposure',
        endedAt: at(hour + LIGHT_EVERY_HOURS).instant,
        lux: Math.round(random.between(15, 120)),
        melanopicLux: null,
        surroundings: 'IN_TRANSIT',
      }),
    );
  }
  return activities;
}
