import { TripPlan } from '#generated/trip-plan/types.ts';
import { UserActivity } from '#generated/user-activity/types.ts';
import { encodeRecord } from '#producer/encode-record.ts';
import type { OutgoingRecord, ProducerTransport } from '#producer/ports.ts';
import type { Producer } from '#producer/producer.ts';
import { breakRecord, FAULTS, type Fault } from '#producer/simulation/faults.ts';
import { createRandom } from '#producer/simulation/random.ts';
import { type SimulationOptions, simulate } from '#producer/simulation/simulate.ts';

export interface ProduceOptions extends SimulationOptions {
  /** The share of activities that are broken, from 0 to 1. */
  readonly faults: number;
  readonly batchSize: number;
}

export interface Produced {
  readonly activities: number;
  readonly trips: number;
  readonly broken: ReadonlyMap<Fault, number>;
}

export interface ProduceDeps {
  readonly producer: Producer;
  readonly transport: ProducerTransport;
  onProgress(sent: number, total: number): void;
}

/** Simulates people and sends their records in order of occurrence, some of them broken on purpose. */
export async function produceSimulation(options: ProduceOptions, deps: ProduceDeps): Promise<Produced> {
  const activityMaker = await deps.producer.prepare(UserActivity);
  const tripMaker = await deps.producer.prepare(TripPlan);
  const { activities, trips } = simulate(options);
  const random = createRandom(`${options.seed}/faults`);
  const broken = new Map<Fault, number>();
  let next = random.integer(0, FAULTS.length - 1);
  const records: OutgoingRecord[] = trips.map((trip) => encodeRecord(tripMaker, trip));
  for (const activity of activities) {
    const record = encodeRecord(activityMaker, activity);
    if (!random.chance(options.faults)) {
      records.push(record);
      continue;
    }
    // One after the other, so that even a short run has every kind.
    const fault = FAULTS[next % FAULTS.length] ?? 'garbage';
    next += 1;
    broken.set(fault, (broken.get(fault) ?? 0) + 1);
    records.push(breakRecord(record, fault, tripMaker.schemaId, random));
  }
  for (let sent = 0; sent < records.length; sent += options.batchSize) {
    await deps.transport.send(records.slice(sent, sent + options.batchSize));
    deps.onProgress(Math.min(sent + options.batchSize, records.length), records.length);
  }
  return { activities: activities.length, trips: trips.length, broken };
}
