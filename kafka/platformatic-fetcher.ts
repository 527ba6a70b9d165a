import { setTimeout as sleep } from 'node:timers/promises';
import { isZonerError, ZonerError } from '#core/errors.ts';
import type { Fetched } from '#kafka/kafkajs-batch.ts';
import { platformaticError } from '#kafka/platformatic-errors.ts';
import type { Found, Wanted } from '#kafka/platformatic-fetch.ts';
import { endOfBatches, readRecordBatches } from '#kafka/record-batches.ts';

/** A batch whose records are still bytes: as objects they would wait for their turn in the way of the garbage collector. */
export interface Unread {
  readonly topic: string;
  readonly partition: number;
  /** @throws ZonerError TOPIC_DIFFERS */
  read(): Promise<Fetched>;
}

export interface FetcherDeps {
  leaders(fresh: boolean): Promise<ReadonlyMap<string, readonly number[]>>;
  fetch(node: number, waitMs: number, wanted: readonly Wanted[]): Promise<readonly Found[]>;
  earliest(topic: string, partition: number): Promise<bigint>;
  /**
   * Resolves when the batch is done with, to false where nothing of this partition may be delivered after it. Batches of
   * one partition are handed over one after the other.
   */
  deliver(unread: Unread): Promise<boolean>;
  /** Nothing can be read any more until somebody puts that right. */
  onFatal(error: ZonerError): void;
  /** How long a broker waits for records where there are none. */
  readonly maxWaitMs: number;
  /** Aborts when the partitions are another's, or the run ends. */
  readonly signal: AbortSignal;
}

/** Beside the batch that is worked on, so many wait: the next is fetched while one is decoded. */
const AHEAD = 2;
/** How long a broker waits while batches are worked on: a partition whose turn has come waits no longer than this. */
const BUSY_WAIT_MS = 20;
const PAUSE_MS = 250;

/** One partition on its way. */
interface Flow {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to be fetched. */
  offset: bigint;
  /** Batches that are fetched and not done with. */
  queued: number;
  /** False once nothing more is delivered. */
  open: boolean;
  tail: Promise<void>;
}

/** Fetches these partitions from their leaders until the signal aborts. */
export async function fetchPartitions(begin: readonly Wanted[], deps: FetcherDeps): Promise<void> {
  const flows = begin.map((wanted): Flow => {
    return { ...wanted, queued: 0, open: true, tail: Promise.resolve() };
  });
  for (let fresh = false; !deps.signal.aborted && flows.length > 0; fresh = true) {
    try {
      const leaders = await deps.leaders(fresh);
      const byNode = Map.groupBy(flows, ({ topic, partition }) => leaders.get(topic)?.[partition] ?? -1);
      const changed = new AbortController();
      const ended = AbortSignal.any([deps.signal, changed.signal]);
      const pumps = [...byNode].map(async ([node, own]) => {
        if (node >= 0) await pump(node, own, ended, deps);
        changed.abort();
      });
      await Promise.all(pumps);
    } catch (error) {
      const meant = platformaticError(error, 'fetching');
      if (!meant.retryable && !isZonerError(meant, 'TOPIC_MISSING')) return deps.onFatal(meant);
    }
    await sleep(PAUSE_MS, undefined, { signal: deps.signal }).catch(() => undefined);
  }
}

/** Fetches from one broker until the signal aborts, or the broker is not the leader any more, or not there. */
async function pump(node: number, flows: Flow[], signal: AbortSignal, deps: FetcherDeps): Promise<void> {
  let freed = Promise.withResolvers<void>();
  const wake = (): void => freed.resolve();
  signal.addEventListener('abort', wake);
  try {
    while (!signal.aborted) {
      const wanted = flows.filter(({ open, queued }) => open && queued < AHEAD);
      if (wanted.length === 0) {
        await freed.promise;
        freed = Promise.withResolvers();
        continue;
      }
      const waitMs = flows.some(({ queued }) => queued > 0) ? BUSY_WAIT_MS : deps.maxWaitMs;
      const found = await deps.fetch(node, waitMs, wanted);
      if (signal.aborted) return;
      const results = await Promise.all(found.map((each) => take(each, flows, wake, deps)));
      if (results.includes('elsewhere')) return;
      // A broker fills its answer in the order that was asked for: the last would never have their turn.
      const [first] = flows.splice(0, 1);
      if (first !== undefined) flows.push(first);
    }
  } finally {
    signal.removeEventListener('abort', wake);
  }
}

async function take(
  found: Found,
  flows: readonly Flow[],
  wake: () => void,
  deps: FetcherDeps,
): Promise<'taken' | 'elsewhere'> {
  const { topic, partition, error } = found;
  const flow = flows.find((each) => each.topic === topic && each.partition === partition);
  if (error === 'OFFSET_OUT_OF_RANGE' && flow !== undefined) {
    flow.offset = await deps.earliest(topic, partition);
    return 'taken';
  }
  if (error === 'TOPIC_AUTHORIZATION_FAILED')
    throw new ZonerError('KAFKA_AUTH', `Kafka lets this user not read the topic "${topic}".`, {
      remedy: 'Grant this user access to the topic.',
    });
  if (error !== null || flow === undefined) return 'elsewhere';
  const { offset } = flow;
  const end = endOfBatches(found.bytes, offset);
  if (end === offset) return 'taken';
  flow.offset = end;
  flow.queued += 1;
  const read = async (): Promise<Fetched> => {
    const { records } = await readRecordBatches(found.bytes, { topic, partition }, offset, found.aborted);
    return { topic, partition, records, end };
  };
  flow.tail = flow.tail.then(async () => {
    if (flow.open) flow.open = await deps.deliver({ topic, partition, read });
    flow.queued -= 1;
    wake();
  });
  return 'taken';
}
