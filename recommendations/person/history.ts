import { mergeSegments, SEGMENTS_KEPT, type Segment } from '#recommendations/person/segment.ts';
import { mergeTrips, type Trip } from '#recommendations/person/trip.ts';

/** Where the person was, and when that was said. */
export interface Whereabouts {
  readonly timeZone: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What is kept of a person: bounded, and the same whatever the order in which it was learnt. */
export interface History {
  readonly sleep: readonly Segment[];
  readonly light: readonly Segment[];
  readonly meal: readonly Segment[];
  readonly trips: readonly Trip[];
  readonly whereabouts: Whereabouts | null;
}

export const NOTHING_KNOWN: History = { sleep: [], light: [], meal: [], trips: [], whereabouts: null };

/**
 * Days that advice looks back. What is kept can be filled again from topics that retain this much; advice looks no
 * further, so that a rebuilt state gives the same advice.
 */
export const ACTIVITY_HORIZON_DAYS = 14;
/** A plan made earlier than this before a trip may be forgotten by a rebuild. */
export const TRIP_HORIZON_DAYS = 60;

/** Adds one history to another: commutative, associative, idempotent. */
export function mergeHistories(a: History, b: History): History {
  return {
    sleep: mergeSegments(a.sleep, b.sleep, SEGMENTS_KEPT.sleep),
    light: mergeSegments(a.light, b.light, SEGMENTS_KEPT.light),
    meal: mergeSegments(a.meal, b.meal, SEGMENTS_KEPT.meal),
    trips: mergeTrips(a.trips, b.trips),
    whereabouts: later(a.whereabouts, b.whereabouts),
  };
}

function later(a: Whereabouts | null, b: Whereabouts | null): Whereabouts | null {
  if (a === null || b === null) return a ?? b;
  if (a.at !== b.at) return a.at > b.at ? a : b;
  return Buffer.compare(Buffer.from(a.timeZone), Buffer.from(b.timeZone)) >= 0 ? a : b;
}
