import { PLACES, type Place } from '#producer/simulation/places.ts';
import type { Random } from '#producer/simulation/random.ts';

/** A simulated person: what decides when they sleep, eat and see light. */
export interface Person {
  readonly userId: string;
  readonly home: Place;
  /** Local hour at which they fall asleep on a free day; past midnight is above 24. */
  readonly bedHour: number;
  /** How long they need to sleep, in hours. */
  readonly sleepHours: number;
  /** The hour at which work wakes them on work days. */
  readonly alarmHour: number;
  /** A wearable knows sleep stages and melanopic light; a phone does not. */
  readonly hasWearable: boolean;
  readonly drinksCoffee: boolean;
  readonly napsOften: boolean;
  readonly worksOutdoors: boolean;
  /** Days at home between journeys; null for those who stay at home. */
  readonly daysBetweenTrips: number | null;
}

/** Person number `index` of a simulation. Bed times spread as chronotypes do: most late in the evening, a few very late. */
export function createPerson(index: number, random: Random): Person {
  return {
    userId: `user-${String(index + 1).padStart(4, '0')}`,
    home: random.pick(PLACES),
    bedHour: random.around(23.8, 0.7),
    sleepHours: random.around(7.8, 0.5),
    alarmHour: random.between(6, 7.75),
    hasWearable: random.chance(0.6),
    drinksCoffee: random.chance(0.7),
    napsOften: random.chance(0.2),
    worksOutdoors: random.chance(0.25),
    daysBetweenTrips: random.chance(0.25) ? random.integer(12, 40) : null,
  };
}
