import { Temporal } from 'temporal-polyfill';
import type { TripPlanInput } from '#generated/trip-plan/types.ts';
import type { UserActivityInput } from '#generated/user-activity/types.ts';
import { momentAt } from '#producer/simulation/clock.ts';
import { simulateDay } from '#producer/simulation/day.ts';
import { onBoard, planFlight, tripPlan } from '#producer/simulation/flight.ts';
import type { Person } from '#producer/simulation/person.ts';
import { PLACES, type Place } from '#producer/simulation/places.ts';
import type { Random } from '#producer/simulation/random.ts';

export type Lived =
  | { readonly kind: 'activity'; readonly at: number; readonly value: UserActivityInput }
  | { readonly kind: 'trip'; readonly at: number; readonly value: TripPlanInput };

const DAYS_AWAY = { least: 4, most: 9 };
/** A trip is known so long before its flight. */
export const DAYS_PLANNED_AHEAD = 3;
const HOURS_TO_LEAVE_THE_AIRPORT = 1;
/** Of the difference of clocks, that shows in when a traveller falls asleep; it fades by the day. */
const LAG_SHOWN = 0.3;
const LAG_KEPT = 0.7;

/** One person's life, day by day without end. Everything comes out of `random`. */
export class Life {
  readonly #person: Person;
  readonly #random: Random;
  readonly #first: Temporal.PlainDate;
  #place: Place;
  /** The next local day to live. */
  #date: Temporal.PlainDate;
  #nextFlight: Temporal.PlainDate | null;
  /** Nothing happens on the ground before this. */
  #landed = Number.NEGATIVE_INFINITY;
  #lag = 0;

  /** @param firstTrip days from the first day to the first flight; null: by the person's own habits */
  constructor(person: Person, first: Temporal.PlainDate, firstTrip: number | null, random: Random) {
    this.#person = person;
    this.#random = random;
    this.#first = first;
    this.#date = first;
    this.#place = person.home;
    const days = firstTrip ?? person.daysBetweenTrips;
    this.#nextFlight = days === null ? null : first.add({ days });
  }

  /** Lives until the end of a date, by the clock of where the person is. */
  liveThrough(date: Temporal.PlainDate): readonly Lived[] {
    const lived: Lived[] = [];
    while (Temporal.PlainDate.compare(this.#date, date) <= 0) lived.push(...this.#liveDay());
    return lived;
  }

  #liveDay(): readonly Lived[] {
    const date = this.#date;
    const activities = simulateDay(this.#person, date, this.#place, this.#lag, this.#random);
    this.#lag *= LAG_KEPT;
    this.#date = date.add({ days: 1 });
    const own = activities.filter(({ occurredAt }) => occurredAt.getTime() >= this.#landed);
    if (this.#nextFlight === null || !date.equals(this.#nextFlight)) return own.map(activityAt);
    return this.#fly(date, own);
  }

  #fly(date: Temporal.PlainDate, own: readonly UserActivityInput[]): readonly Lived[] {
    const from = this.#place;
    const isHome = from.timeZone === this.#person.home.timeZone;
    const flight = planFlight(from, isHome ? this.#elsewhere() : this.#person.home, date, this.#random);
    const departs = flight.departure.instant.getTime();
    const planned = momentAt(date.subtract({ days: DAYS_PLANNED_AHEAD }), 12, from.timeZone).instant;
    // Nobody plans before they are known.
    const earliest = momentAt(this.#first, 12, from.timeZone).instant;
    const plannedAt = planned < earliest ? earliest : planned;
    const trip = tripPlan(this.#person, flight, plannedAt, this.#random);
    const before = own.filter((each) => endOf(each) <= departs);
    const aboard = onBoard(this.#person, flight, this.#random);
    const lived = [...before, ...aboard].map(activityAt);

    const arrival = Temporal.Instant.fromEpochMilliseconds(flight.arrival.instant.getTime());
    const there = arrival.toZonedDateTimeISO(flight.to.timeZone);
    const here = Temporal.Instant.fromEpochMilliseconds(departs).toZonedDateTimeISO(from.timeZone);
    this.#place = flight.to;
    this.#date = there.toPlainDate();
    this.#landed = arrival.epochMilliseconds + HOURS_TO_LEAVE_THE_AIRPORT * 3_600_000;
    this.#lag = LAG_SHOWN * wrap((there.offsetNanoseconds - here.offsetNanoseconds) / 3.6e12);
    const away = isHome
      ? this.#random.integer(DAYS_AWAY.least, DAYS_AWAY.most)
      : this.#person.daysBetweenTrips;
    this.#nextFlight = away === null ? null : this.#date.add({ days: away });
    return [{ kind: 'trip', at: plannedAt.getTime(), value: trip }, ...lived];
  }

  #elsewhere(): Place {
    const others = PLACES.filter(({ timeZone }) => timeZone !== this.#person.home.timeZone);
    return others[this.#random.integer(0, others.length - 1)] ?? PLACES[0];
  }
}

const activityAt = (value: UserActivityInput): Lived => {
  return { kind: 'activity', at: value.occurredAt.getTime(), value };
};

function endOf({ occurredAt, activity }: UserActivityInput): number {
  return activity.kind === 'Meal' ? occurredAt.getTime() : activity.endedAt.getTime();
}

const wrap = (hours: number): number => ((((hours + 12) % 24) + 24) % 24) - 12;
