/** A journey across time zones, as the fold keeps it. Times in milliseconds since 1970. */
export interface Trip {
  /** See `segmentId`. */
  readonly id: string;
  /** Of two plans of one trip the later one counts. */
  readonly plannedAt: number;
  readonly origin: string;
  readonly destination: string;
  readonly departsAt: number;
  readonly arrivesAt: number;
  readonly isCancelled: boolean;
}

/** How many are kept a person: the latest planned. */
export const TRIPS_KEPT = 3;

/** Adds trips; order and repetition make no difference: a later plan never ranks below an earlier one of its trip. */
export function mergeTrips(known: readonly Trip[], more: readonly Trip[]): readonly Trip[] {
  const byId = new Map<string, Trip>();
  for (const each of [...known, ...more]) {
    const other = byId.get(each.id);
    if (other === undefined || compareTrips(other, each) < 0) byId.set(each.id, each);
  }
  return [...byId.values()].sort(compareTrips).slice(-TRIPS_KEPT);
}

function compareTrips(a: Trip, b: Trip): number {
  return a.plannedAt - b.plannedAt || Buffer.compare(Buffer.from(packTrip(a)), Buffer.from(packTrip(b)));
}

export function packTrip({ id, plannedAt, origin, destination, ...trip }: Trip): string {
  return JSON.stringify([
    id,
    plannedAt,
    trip.departsAt,
    trip.arrivesAt,
    trip.isCancelled ? 1 : 0,
    origin,
    destination,
  ]);
}

export function unpackTrip(packed: string): Trip {
  const [id, plannedAt, departsAt, arrivesAt, cancelled, origin, destination] = JSON.parse(packed) as [
    string,
    number,
    number,
    number,
    number,
    string,
    string,
  ];
  return { id, plannedAt, origin, destination, departsAt, arrivesAt, isCancelled: cancelled === 1 };
}
