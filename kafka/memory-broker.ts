import type { TopicOffsets, TopicTimes } from '#consumer/ports.ts';
import { ZonerError } from '#core/errors.ts';
import { createMemoryGroups, type MemoryGroups } from '#kafka/memory-groups.ts';
import { createMemoryLog, type MemoryLog } from '#kafka/memory-log.ts';
import type { PlacedRecord } from '#kafka/outgoing.ts';

/** What goes wrong next, for tests. */
export interface MemoryFaults {
  /** The next so many sends fail; `written`: after their records were written, so that the outcome is unknown. */
  failSends(count: number, options?: { readonly written?: boolean }): void;
  /** The next so many commits fail with KAFKA_UNAVAILABLE. */
  failCommits(count: number): void;
  /** Sends wait until the function that comes back is called. */
  holdSends(): () => void;
  /** Every member of the group loses its partitions and gets them anew, whatever it is doing. */
  rebalance(group: string): void;
}

/** Topics, groups and offsets in memory, without any timer. The adapters around it keep the promises of the suite. */
export interface MemoryBroker extends TopicOffsets, TopicTimes {
  readonly log: MemoryLog;
  readonly groups: MemoryGroups;
  readonly faults: MemoryFaults;
  /** Passes faults on, then writes. */
  write(records: readonly PlacedRecord[]): Promise<void>;
  /** @throws ZonerError KAFKA_UNAVAILABLE if a fault says so */
  commit(group: string, topic: string, partition: number, next: bigint, metadata: string): void;
  /** Where a group begins: its committed offset, or the first record. */
  startOf(group: string, topic: string, partition: number): bigint;
}

const down = (): ZonerError => new ZonerError('KAFKA_UNAVAILABLE', 'The broker in memory was told to fail.');

export function createMemoryBroker(clusterId = 'memory'): MemoryBroker {
  const log = createMemoryLog();
  const groups = createMemoryGroups(log.count);
  const committed = new Map<string, Map<number, bigint>>();
  const notes = new Map<string, Map<number, string>>();
  const next = { failedSends: 0, written: false, failedCommits: 0, held: Promise.resolve() };

  const notesOf = (group: string, topic: string): Map<number, string> => {
    const key = `${group} ${topic}`;
    const found = notes.get(key) ?? new Map<number, string>();
    notes.set(key, found);
    return found;
  };
  const committedOf = (group: string, topic: string): Map<number, bigint> => {
    const key = `${group} ${topic}`;
    const found = committed.get(key) ?? new Map<number, bigint>();
    committed.set(key, found);
    return found;
  };

  return {
    log: {
      ...log,
      grow(topic, partitions) {
        log.grow(topic, partitions);
        groups.grown(topic);
      },
    },
    groups,
    faults: {
      failSends(count, { written = false } = {}) {
        next.failedSends = count;
        next.written = written;
      },
      failCommits(count) {
        next.failedCommits = count;
      },
      holdSends() {
        const { promise, resolve } = Promise.withResolvers<void>();
        next.held = promise;
        return resolve;
      },
      rebalance: (group) => groups.rebalance(group),
    },
    async write(records) {
      await next.held;
      const fails = next.failedSends > 0;
      if (!fails || next.written) log.append(records);
      if (!fails) return;
      next.failedSends -= 1;
      throw down();
    },
    commit(group, topic, partition, offset, metadata) {
      if (next.failedCommits > 0) {
        next.failedCommits -= 1;
        throw down();
      }
      committedOf(group, topic).set(partition, offset);
      notesOf(group, topic).set(partition, metadata);
    },
    startOf(group, topic, partition) {
      const { low } = log.range(topic, partition);
      const offset = committedOf(group, topic).get(partition) ?? low;
      return offset < low ? low : offset;
    },
    since: async (topic, timestamp) =>
      new Map(
        Array.from({ length: log.count(topic) }, (_, partition) => {
          const { low, high } = log.range(topic, partition);
          const found = log.read(topic, partition, low, Number.MAX_SAFE_INTEGER);
          return [partition, found.find((record) => record.timestamp >= timestamp)?.offset ?? high];
        }),
      ),
    ranges: async (topic) =>
      new Map(Array.from({ length: log.count(topic) }, (_, index) => [index, log.range(topic, index)])),
    committed: async (group, topic) => new Map(committedOf(group, topic)),
    commitMetadata: async (group, topic) =>
      new Map([...notesOf(group, topic)].filter(([, metadata]) => metadata !== '')),
    clusterId: async () => clusterId,
  };
}
