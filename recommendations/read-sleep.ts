import type { UserActivity } from '#generated/user-activity/types.ts';
import type { Sleep } from '#recommendations/sleep.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The main sleep that an activity tells of, or null if it tells of something else. */
export function readSleep(value: UserActivity): Sleep | null {
  const { activity, eventId, occurredAt, timeZone } = value;
  if (activity.kind !== 'SleepSession' || activity.sleepType === 'NAP') return null;
  const startedAt = occurredAt.getTime();
  const endedAt = activity.endedAt.getTime();
  if (endedAt <= startedAt || endedAt - startedAt > DAY_MS) return null;
  // By the clock on waking up: in the middle of a flight's night nobody's clock is right.
  const localEnd = Number(activity.endedAtLocal);
  const localMidpoint = (((localEnd - (endedAt - startedAt) / 2) % DAY_MS) + DAY_MS) % DAY_MS;
  return { eventId, startedAt, endedAt, localMidpoint: localMidpoint / HOUR_MS, timeZone };
}
