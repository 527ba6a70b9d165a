/** A main sleep of one person, as the fold keeps it. */
export interface Sleep {
  /** Identifies the session, however often it is sent. */
  readonly eventId: string;
  /** The instants of falling asleep and waking up, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Where the person woke up: hours of the local clock, from 0 to below 24, at the middle of the sleep. */
  readonly localMidpoint: number;
  readonly timeZone: string;
}

/** Sleeps kept a person: two months of nights bound the memory. */
export const MAX_SLEEPS = 60;

/**
 * Adds sleeps to those known: each event once, the newest kept, in order of waking up. The result does not depend on the
 * order in which sleeps arrive, or on how often.
 */
export function addSleeps(known: readonly Sleep[], more: readonly Sleep[]): readonly Sleep[] {
  const byEvent = new Map([...known, ...more].map((sleep) => [sleep.eventId, sleep]));
  const sorted = [...byEvent.values()].sort(
    (a, b) => a.endedAt - b.endedAt || (a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0),
  );
  return sorted.slice(-MAX_SLEEPS);
}
