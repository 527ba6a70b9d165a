import type { TripPlan } from '#generated/trip-plan/types.ts';
import type { UserActivity } from '#generated/user-activity/types.ts';
import { type History, NOTHING_KNOWN } from '#recommendations/person/history.ts';
import { luxCode, NAP, type Segment, segmentId } from '#recommendations/person/segment.ts';

const MINUTE_MS = 60_000;
const LONGEST_SLEEP_MINUTES = 20 * 60;
const LONGEST_LIGHT_MINUTES = 24 * 60;
const BRIGHTEST_LUX = 200_000;
const MOST_CAFFEINE = 10_000;
const MOST_OFFSET_MINUTES = 18 * 60;
const LAST_MINUTE = 0xffff_ffff;

/** What an activity adds to its person's history; null if it tells of nothing that can have happened. */
export function readActivity(value: UserActivity): History | null {
  const { activity, eventId, occurredAt, occurredAtLocal, timeZone } = value;
  const begun = occurredAt.getTime();
  const id = segmentId(eventId);
  const whereabouts = { timeZone, at: begun };
  const place = (segment: Omit<Segment, 'id'>): History | null => {
    const { kind, end, minutes, offset } = segment;
    if (end < 0 || end > LAST_MINUTE || minutes < 0 || Math.abs(offset) > MOST_OFFSET_MINUTES) return null;
    return { ...NOTHING_KNOWN, whereabouts, [kind]: [{ ...segment, id }] };
  };
  const startOffset = offsetOf(occurredAtLocal, begun);
  switch (activity.kind) {
    case 'SleepSession': {
      const ended = activity.endedAt.getTime();
      const minutes = lengthOf(begun, ended);
      if (minutes <= 0 || minutes > LONGEST_SLEEP_MINUTES) return null;
      const value = activity.sleepType === 'NAP' ? NAP : 0;
      const offset = offsetOf(activity.endedAtLocal, ended);
      return place({ kind: 'sleep', end: minuteOf(ended), minutes, value, offset });
    }
    case 'LightExposure': {
      const ended = activity.endedAt.getTime();
      const minutes = lengthOf(begun, ended);
      const { lux } = activity;
      if (minutes <= 0 || minutes > LONGEST_LIGHT_MINUTES || !(lux >= 0 && lux <= BRIGHTEST_LUX)) return null;
      return place({
        kind: 'light',
        end: minuteOf(ended),
        minutes,
        value: luxCode(lux),
        offset: startOffset,
      });
    }
    case 'Meal': {
      const value = Math.min(MOST_CAFFEINE, Math.max(0, activity.caffeine ?? 0));
      return place({ kind: 'meal', end: minuteOf(begun), minutes: 0, value, offset: startOffset });
    }
  }
}

/** What a plan of a trip adds to its traveller's history; null if it arrives before it departs. */
export function readTrip(plan: TripPlan): History | null {
  const departsAt = plan.departsAt.getTime();
  const arrivesAt = plan.arrivesAt.getTime();
  if (arrivesAt < departsAt) return null;
  const trip = {
    id: segmentId(plan.tripId),
    plannedAt: plan.plannedAt.getTime(),
    origin: plan.originTimeZone,
    destination: plan.destinationTimeZone,
    departsAt,
    arrivesAt,
    isCancelled: plan.status === 'CANCELLED',
  };
  return { ...NOTHING_KNOWN, trips: [trip] };
}

const minuteOf = (ms: number): number => Math.round(ms / MINUTE_MS);
const lengthOf = (from: number, to: number): number => minuteOf(to) - minuteOf(from);
const offsetOf = (local: bigint, ms: number): number => Math.round((Number(local) - ms) / MINUTE_MS);
