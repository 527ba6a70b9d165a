import type { Batch, ConsumerTransport, RunOptions } from '#consumer/ports.ts';
import type { TopicPartition } from '#kafka/assignment.ts';
import { withDeadline } from '#kafka/deadline.ts';
import { createLease, type Lease } from '#kafka/lease.ts';
import type { MemoryBroker } from '#kafka/memory-broker.ts';

export interface MemoryConsumerOptions {
  /** Records in a batch, at most. Default 500. */
  readonly maxRecords?: number;
}

/** Consumes from a broker in memory. It loses no header, so that `exactHeaders` is true. */
export function createMemoryConsumer(
  broker: MemoryBroker,
  { maxRecords = 500 }: MemoryConsumerOptions = {},
): ConsumerTransport {
  return {
    exactHeaders: true,
    async run(options) {
      for (const topic of options.topics) broker.log.count(topic);
      const readers = new Map<Lease, Promise<void>>();
      let ended = false;

      const stopping = new AbortController();
      const end = async (drainMs = 0): Promise<void> => {
        ended = true;
        stopping.abort();
        const settled = Promise.all(readers.values());
        if (drainMs > 0) await withDeadline(settled, drainMs, 'draining').catch(() => undefined);
        leave();
        await Promise.all(readers.values());
      };
      const onBug = (error: unknown): void => {
        if (ended) return;
        void end().then(() => options.onFatal(error));
      };
      const assign = (partitions: readonly TopicPartition[]): void => {
        for (const lease of readers.keys()) lease.revoke(new Error('the group rebalances'));
        const before = Promise.all(readers.values());
        const each = { broker, options, maxRecords, stopping: stopping.signal };
        for (const { topic, partition } of partitions) {
          const lease = createLease(topic, partition);
          const reading = before
            .then(() => readPartition({ ...each, lease, topic, partition }))
            .catch(onBug)
            .finally(() => readers.delete(lease));
          readers.set(lease, reading);
        }
      };
      const leave = broker.groups.join(options.group, { topics: options.topics, assign });
      return { stop: end };
    },
  };
}

interface Reading extends TopicPartition {
  readonly broker: MemoryBroker;
  readonly options: RunOptions;
  readonly maxRecords: number;
  readonly lease: Lease;
  /** Aborts when no more batches are wanted. */
  readonly stopping: AbortSignal;
}

/** Ends when the lease does; rejects with the error of a callback that failed although it had its lease. */
async function readPartition(reading: Reading): Promise<void> {
  const { broker, options, maxRecords, lease, topic, partition } = reading;
  const ends = AbortSignal.any([lease.signal, reading.stopping]);
  const ended = aborted(ends);
  let position = options.from?.get(topic)?.get(partition) ?? broker.startOf(options.group, topic, partition);
  while (!ends.aborted) {
    const written = broker.log.written();
    const records = broker.log.read(topic, partition, position, maxRecords);
    const last = records.at(-1);
    if (last === undefined) {
      await Promise.race([written, ended]);
      continue;
    }
    let paused = false;
    const pause = (): void => {
      paused = true;
    };
    try {
      await options.onBatch(toBatch(reading, records, pause));
    } catch (error) {
      if (!lease.signal.aborted) throw error;
    }
    if (paused) return ended;
    position = last.offset + 1n;
  }
}

function toBatch(
  { broker, options, lease, topic, partition }: Reading,
  records: Batch['records'],
  pause: () => void,
): Batch {
  return {
    topic,
    partition,
    records,
    signal: lease.signal,
    async commit(next, metadata = '') {
      lease.check();
      broker.commit(options.group, topic, partition, next, metadata);
    },
    pause,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
