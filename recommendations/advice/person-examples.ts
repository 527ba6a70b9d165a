import type { AcceptedRecord } from '#consumer/ports.ts';
import type { TripPlan } from '#generated/trip-plan/types.ts';
import type { UserActivity } from '#generated/user-activity/types.ts';
import { HOUR_MS, offsetHours } from '#recommendations/local-time.ts';

const local = (at: number, timeZone: string): bigint => BigInt(at + offsetHours(at, timeZone) * HOUR_MS);

/** A night's sleep as a record's value: ends at an instant, in a zone. */
export function night(endedAt: string, timeZone: string, hours = 8, sleepType = 'MAIN'): UserActivity {
  const end = Date.parse(endedAt);
  const start = end - hours * HOUR_MS;
  return {
    eventId: `sleep until ${endedAt}`,
    userId: 'ada',
    occurredAt: new Date(start),
    occurredAtLocal: local(start, timeZone),
    timeZone,
    source: 'PHONE',
    activity: {
      kind: 'SleepSession',
      endedAt: new Date(end),
      endedAtLocal: local(end, timeZone),
      sleepType,
      awakenings: null,
      stages: null,
    },
  } as unknown as UserActivity;
}

/** Consecutive nights that end at the same UTC time of day, the last of them at `last`. */
export function nights(last: string, count: number, timeZone: string, hours = 8): readonly UserActivity[] {
  return Array.from({ length: count }, (_, index) =>
    night(new Date(Date.parse(last) - (count - 1 - index) * 24 * HOUR_MS).toISOString(), timeZone, hours),
  );
}

export function light(startedAt: string, hours: number, lux: number, timeZone: string): UserActivity {
  const start = Date.parse(startedAt);
  return {
    eventId: `light from ${startedAt}`,
    userId: 'ada',
    occurredAt: new Date(start),
    occurredAtLocal: local(start, timeZone),
    timeZone,
    source: 'PHONE',
    activity: {
      kind: 'LightExposure',
      endedAt: new Date(start + hours * HOUR_MS),
      lux,
      melanopicLux: null,
      surroundings: 'UNKNOWN',
    },
  } as unknown as UserActivity;
}

export function flight(origin: string, destination: string, departs: string, arrives: string): TripPlan {
  return {
    tripId: `${origin} ${departs}`,
    userId: 'ada',
    plannedAt: new Date(Date.parse(departs) - 240 * HOUR_MS),
    originTimeZone: origin,
    destinationTimeZone: destination,
    departsAt: new Date(departs),
    departsAtLocal: 0n,
    arrivesAt: new Date(arrives),
    arrivesAtLocal: 0n,
    status: 'PLANNED',
  } as unknown as TripPlan;
}

export const accepted = (values: readonly unknown[]): readonly AcceptedRecord[] =>
  values.map((value) => ({ value }) as AcceptedRecord);
