import type { OffsetRange } from '#consumer/ports.ts';
import { missingTopics } from '#kafka/kafkajs-errors.ts';

/** By topic, then by partition. */
export type OffsetsByTopic = ReadonlyMap<string, ReadonlyMap<number, bigint>>;

/** What two questions to the broker say together; a partition that came to be in between is left out. */
export function rangesBetween(
  low: OffsetsByTopic,
  high: OffsetsByTopic,
): ReadonlyMap<string, ReadonlyMap<number, OffsetRange>> {
  return each(low, (topic, partition, offset) => {
    const end = high.get(topic)?.get(partition);
    return end === undefined ? null : { low: offset, high: end };
  });
}

/** The end of a partition in place of an offset that the broker does not have, which it tells as -1. */
export function orEnds(found: OffsetsByTopic, high: OffsetsByTopic): OffsetsByTopic {
  return each(found, (topic, partition, offset) =>
    offset >= 0n ? offset : (high.get(topic)?.get(partition) ?? null),
  );
}

/** @throws ZonerError TOPIC_MISSING if nothing is known of the topic */
export function known<Answer>(topic: string, answer: Answer | undefined): Answer {
  if (answer === undefined) throw missingTopics([topic]);
  return answer;
}

function each<Value>(
  offsets: OffsetsByTopic,
  of: (topic: string, partition: number, offset: bigint) => Value | null,
): ReadonlyMap<string, ReadonlyMap<number, Value>> {
  return new Map(
    [...offsets].map(([topic, partitions]) => {
      const values = [...partitions].flatMap(([partition, offset]): [number, Value][] => {
        const value = of(topic, partition, offset);
        return value === null ? [] : [[partition, value]];
      });
      return [topic, new Map(values)];
    }),
  );
}
