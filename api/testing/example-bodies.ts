import { randomUUID } from 'node:crypto';

/** A body for `POST /v1/activity`, with these members changed. For tests and benchmarks. */
export function exampleActivity(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    eventId: randomUUID(),
    userId: 'ada',
    occurredAt: '2026-03-02T22:10:00.000Z',
    occurredAtLocal: '2026-03-02T23:10:00.000',
    timeZone: 'Europe/Berlin',
    source: 'WEARABLE',
    activity: {
      kind: 'SleepSession',
      endedAt: '2026-03-03T06:00:00.000Z',
      endedAtLocal: '2026-03-03T07:00:00.000',
      sleepType: 'MAIN',
      awakenings: 1,
      stages: null,
    },
    ...changes,
  };
}

/** A body for `POST /v1/trips`. */
export function exampleTrip(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    tripId: randomUUID(),
    userId: 'ada',
    plannedAt: '2026-03-01T12:00:00.000Z',
    originTimeZone: 'Europe/Berlin',
    destinationTimeZone: 'America/Los_Angeles',
    departsAt: '2026-03-10T10:00:00.000Z',
    departsAtLocal: '2026-03-10T11:00:00.000',
    arrivesAt: '2026-03-10T21:30:00.000Z',
    arrivesAtLocal: '2026-03-10T14:30:00.000',
    status: 'PLANNED',
    ...changes,
  };
}
