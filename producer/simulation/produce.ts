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
  /** Records a second; null: as fast as the broker takes them. */
  readonly rate: number | null;
  /** Simulated seconds a second; null: no matter. */
  readonly speed: number | null;
}

export interface Produced {
  activities: number;
  trips: number;
  readonly broken: Map<Fault, number>;
}

export interface ProduceDeps {
  readonly producer: Pick<Producer, 'prepare'>;
  readonly transport: ProducerTransport;
  /** Ends the production after the batch that is under way. */
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /** Returns early when the signal aborts. */
  pause(ms: number): Promise<void>;
  onProgress(sent: number): void;
}

/** A steady rate is not sent in a burst each second. */
const BATCHES_A_SECOND = 20;

/** Simulates people and sends their records in order of occurrence, some of them broken on purpose. */
export async function produceSimulation(options: ProduceOptions, deps: ProduceDeps): Promise<Produced> {
  const produced: Produced = { activities: 0, trips: 0, broken: new Map() };
  const begun = deps.now();
  const size = Math.max(1, Math.min(options.batchSize, (options.rate ?? Infinity) / BATCHES_A_SECOND));
  let firstAt: number | null = null;
  let batch: OutgoingRecord[] = [];
  let sent = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    await deps.transport.send(batch);
    sent += batch.length;
    batch = [];
    deps.onProgress(sent);
    if (options.rate !== null) await deps.pause(begun + (1000 * sent) / options.rate - deps.now());
  };
  for await (const { at, record } of simulatedRecords(options, deps, produced)) {
    firstAt ??= at;
    const due = options.speed === null ? 0 : begun + (at - firstAt) / options.speed - deps.now();
    if (due > 0) {
      await flush();
      await deps.pause(due);
    }
    batch.push(record);
    if (batch.length >= size) await flush();
  }
  await flush();
  return produced;
}

interface SimulatedRecord {
  /** When it happened, milliseconds since 1970. */
  readonly at: number;
  readonly record: OutgoingRecord;
}

/** Encoded records in order until the signal aborts, and a count of them in `produced`. */
async function* simulatedRecords(
  options: ProduceOptions,
  { producer, signal }: Pick<ProduceDeps, 'producer' | 'signal'>,
  produced: Produced,
): AsyncGenerator<SimulatedRecord> {
  const activityMaker = await producer.prepare(UserActivity);
  const tripMaker = await producer.prepare(TripPlan);
  const random = createRandom(`${options.seed}/faults`);
  let next = random.integer(0, FAULTS.length - 1);
  for (const { kind, at, value } of simulate(options)) {
    if (signal.aborted) return;
    if (kind === 'trip') {
      produced.trips += 1;
      yield { at, record: encodeRecord(tripMaker, value) };
      continue;
    }
    produced.activities += 1;
    const record = encodeRecord(activityMaker, value);
    if (!random.chance(options.faults)) {
      yield { at, record };
      continue;
    }
    // One after the other, so that even a short run has every kind.
    const fault = FAULTS[next % FAULTS.length] ?? 'garbage';
    next += 1;
    produced.broken.set(fault, (produced.broken.get(fault) ?? 0) + 1);
    yield { at, record: breakRecord(record, fault, tripMaker.schemaId, random) };
  }
}
