import type { KafkaRecord, OffsetRange } from '#consumer/ports.ts';
import { missingTopics } from '#kafka/kafkajs-errors.ts';
import type { PlacedRecord } from '#kafka/outgoing.ts';

interface Partition {
  low: bigint;
  readonly records: KafkaRecord[];
}

/** The records of all topics, in memory. Methods that name a topic throw ZonerError TOPIC_MISSING. */
export interface MemoryLog {
  createTopic(name: string, partitions: number): void;
  count(topic: string): number;
  /** Gives a topic more partitions; groups hear of them when they share out their partitions the next time. */
  grow(topic: string, partitions: number): void;
  append(records: readonly PlacedRecord[]): void;
  read(topic: string, partition: number, from: bigint, max: number): readonly KafkaRecord[];
  /** All records of a topic, partition by partition. */
  records(topic: string): readonly KafkaRecord[];
  range(topic: string, partition: number): OffsetRange;
  /** Deletes the records below `low`, as retention does. */
  truncate(topic: string, partition: number, low: bigint): void;
  /** Resolves after the next write. */
  written(): Promise<void>;
}

export function createMemoryLog(): MemoryLog {
  const topics = new Map<string, Partition[]>();
  let nextWrite = Promise.withResolvers<void>();

  const partitionsOf = (topic: string): Partition[] => {
    const found = topics.get(topic);
    if (found === undefined) throw missingTopics([topic]);
    return found;
  };
  const partitionOf = (topic: string, partition: number): Partition => {
    const found = partitionsOf(topic)[partition];
    if (found === undefined) throw new Error(`${topic} has no partition ${partition}`);
    return found;
  };
  const endOf = ({ low, records }: Partition): bigint => (records.at(-1)?.offset ?? low - 1n) + 1n;

  return {
    createTopic(name, partitions) {
      topics.set(
        name,
        Array.from({ length: partitions }, () => ({ low: 0n, records: [] })),
      );
    },
    count: (topic) => partitionsOf(topic).length,
    grow(topic, partitions) {
      const known = partitionsOf(topic);
      while (known.length < partitions) known.push({ low: 0n, records: [] });
    },
    append(records) {
      for (const { topic, partition, key, value, headers, timestamp } of records) {
        const log = partitionOf(topic, partition);
        log.records.push({ topic, partition, offset: endOf(log), timestamp, key, value, headers });
      }
      nextWrite.resolve();
      nextWrite = Promise.withResolvers<void>();
    },
    read: (topic, partition, from, max) =>
      partitionOf(topic, partition)
        .records.filter(({ offset }) => offset >= from)
        .slice(0, max),
    records: (topic) => partitionsOf(topic).flatMap(({ records }) => records),
    range(topic, partition) {
      const log = partitionOf(topic, partition);
      return { low: log.low, high: endOf(log) };
    },
    truncate(topic, partition, low) {
      const log = partitionOf(topic, partition);
      log.low = low;
      log.records.splice(0, log.records.findLastIndex(({ offset }) => offset < low) + 1);
    },
    written: () => nextWrite.promise,
  };
}
