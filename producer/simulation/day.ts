import type { Temporal } from 'temporal-polyfill';
import type { Uuid } from '#generated/logical-types.ts';
import type {
  LightExposureInput,
  MealInput,
  SleepSessionInput,
  UserActivityInput,
} from '#generated/user-activity/types.ts';
import { type Moment, momentAfter, momentAt } from '#producer/simulation/clock.ts';
import type { Person } from '#producer/simulation/person.ts';
import { type Place, sunHeight } from '#producer/simulation/places.ts';
import type { Random } from '#producer/simulation/random.ts';

/** How often a sensor reports the light since its last report, in hours. */
const LIGHT_EVERY_HOURS = 0.5;

/**
 * What one person does on one local day: the sleep that ends on it, meals, light, perhaps a nap. In order of time.
 * @param lag hours by which the body makes the person later to bed than usual, after a flight; below 0 earlier
 */
export function simulateDay(
  whole: Person,
  date: Temporal.PlainDate,
  place: Place,
  lag: number,
  random: Random,
): readonly UserActivityInput[] {
  const person = { ...whole, bedHour: whole.bedHour + lag };
  const { timeZone } = place;
  const freeDay = date.dayOfWeek >= 6;
  const fellAsleep = person.bedHour - 24 + random.around(freeDay ? 0.5 : 0, 0.3);
  const wokeUp = freeDay
    ? fellAsleep + person.sleepHours + random.around(0.4, 0.3)
    : Math.min(fellAsleep + person.sleepHours, person.alarmHour + random.around(0, 0.1));
  const bedTime = person.bedHour + random.around(freeDay ? 0.5 : 0, 0.3);
  const at = (hour: number): Moment => momentAt(date, hour, timeZone);
  const activity = (hour: number, what: UserActivityInput['activity']): UserActivityInput => {
    const { instant, local } = at(hour);
    return {
      eventId: random.uuid() as Uuid,
      userId: person.userId,
      occurredAt: instant,
      occurredAtLocal: local,
      timeZone,
      source: what.kind === 'Meal' ? 'MANUAL' : person.hasWearable ? 'WEARABLE' : 'PHONE',
      activity: what,
    };
  };
  const activities = [activity(fellAsleep, sleep(person, at(fellAsleep), at(wokeUp), 'MAIN', random))];
  for (const [hour, meal] of meals(person, wokeUp, bedTime, random)) activities.push(activity(hour, meal));
  if (person.napsOften && random.chance(0.4)) {
    const start = random.between(13.5, 15);
    activities.push(
      activity(start, sleep(person, at(start), at(start + random.between(0.3, 0.8)), 'NAP', random)),
    );
  }
  for (let hour = wokeUp; hour + LIGHT_EVERY_HOURS <= bedTime; hour += LIGHT_EVERY_HOURS) {
    activities.push(activity(hour, light(person, at(hour), hour, freeDay, place, random)));
  }
  return activities.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
}

function sleep(
  person: Person,
  start: Moment,
  end: Moment,
  sleepType: 'MAIN' | 'NAP',
  random: Random,
): SleepSessionInput {
  const whole = { kind: 'SleepSession', endedAt: end.instant, endedAtLocal: end.local, sleepType } as const;
  if (!person.hasWearable) return whole;
  const minutes = (end.instant.getTime() - start.instant.getTime()) / 60_000;
  return { ...whole, awakenings: random.integer(0, 4), stages: stages(start, minutes, random) };
}

/** Cycles of about ninety minutes: light, deep, light, REM; deep sleep early in the night, REM late. */
function stages(start: Moment, minutes: number, random: Random): NonNullable<SleepSessionInput['stages']> {
  const periods: NonNullable<SleepSessionInput['stages']> = [];
  let done = 0;
  while (minutes - done > 20) {
    const late = done / minutes;
    const cycle = [
      ['LIGHT', random.between(15, 25)],
      ['DEEP', random.between(15, 30) * (1 - late)],
      ['LIGHT', random.between(15, 25)],
      ['REM', random.between(10, 25) * (0.4 + late)],
    ] as const;
    for (const [stage, length] of cycle) {
      const taken = Math.min(Math.round(length), minutes - done);
      if (taken <= 0) continue;
      periods.push({ stage, startedAt: new Date(start.instant.getTime() + done * 60_000), minutes: taken });
      done += taken;
    }
  }
  return periods;
}

function meals(
  person: Person,
  wokeUp: number,
  bedTime: number,
  random: Random,
): readonly (readonly [number, MealInput])[] {
  const eat = (mealType: NonNullable<MealInput['mealType']>, energy: number, caffeine = 0): MealInput => {
    return { kind: 'Meal', mealType, energy: Math.round(random.around(energy, energy / 8)), caffeine };
  };
  const list: [number, MealInput][] = [
    [wokeUp + random.between(0.3, 1.2), eat('BREAKFAST', 420, person.drinksCoffee ? 95 : 0)],
    [random.around(12.6, 0.4), eat('LUNCH', 650)],
    [random.around(19.2, 0.5), eat('DINNER', 720)],
  ];
  if (person.drinksCoffee) list.push([random.around(15.3, 0.8), eat('DRINK', 15, 80)]);
  if (random.chance(0.35)) list.push([bedTime - random.between(0.7, 2), eat('SNACK', 230)]);
  return list;
}

/** Illuminance at the eye in lux: by the height of the sun outdoors and near windows, by lamps otherwise. */
function light(
  person: Person,
  start: Moment,
  hour: number,
  freeDay: boolean,
  place: Place,
  random: Random,
): LightExposureInput {
  const sun = Math.max(0, sunHeight(place, start.instant));
  const outside = sun > 0.05 && random.chance(person.worksOutdoors ? 0.6 : freeDay ? 0.35 : 0.12);
  const clouds = random.between(0.1, 0.6);
  const lamps = hour > 19.5 ? random.between(20, 120) : random.between(100, 350);
  const lux = outside ? 500 + 80_000 * sun * clouds : lamps + 400 * sun * clouds;
  return {
    kind: 'LightExposure',
    endedAt: momentAfter(start, LIGHT_EVERY_HOURS, place.timeZone).instant,
    lux: Math.round(lux),
    melanopicLux: person.hasWearable ? Math.round(lux * (outside ? 0.95 : 0.55)) : null,
    surroundings: outside ? 'OUTDOORS' : 'INDOORS',
  };
}
