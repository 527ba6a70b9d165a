import { Admin, ListOffsetTimestamps } from '@platformatic/kafka';
import type { TopicOffsets, TopicTimes } from '#consumer/ports.ts';
import type { KafkaConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import { createAdminQuestions } from '#kafka/admin-questions.ts';
import { missingTopics } from '#kafka/kafkajs-errors.ts';
import { platformaticOptions } from '#kafka/platformatic-client.ts';
import { platformaticError } from '#kafka/platformatic-errors.ts';
import { partitionsOf } from '#kafka/platformatic-partitions.ts';

export interface PlatformaticOffsets extends TopicOffsets, TopicTimes {
  close(): Promise<void>;
}

/** Said for a moment after a topic, a partition or a coordinator came to be. */
const SETTLING: ReadonlySet<string> = new Set([
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR',
]);
const { EARLIEST, LATEST } = ListOffsetTimestamps;

/** Offsets of topics and groups. It stays connected between calls, because commands ask again and again: close it. */
export function createPlatformaticOffsets(config: KafkaConfig): PlatformaticOffsets {
  const { ask, close } = createAdminQuestions<Admin>({
    connect: async () => new Admin(platformaticOptions(config)),
    disconnect: (admin) => admin.close(),
    settling: SETTLING,
    toError: platformaticError,
  });
  const askOf = <Answer>(topic: string, question: (admin: Admin, count: number) => Promise<Answer>) =>
    ask(`asking for the offsets of ${topic}`, async (admin) => {
      const count = (await partitionsOf(admin, [topic])).get(topic);
      if (count === undefined) throw missingTopics([topic]);
      return question(admin, count);
    });
  const left = (group: string, topic: string) =>
    ask(`asking for what ${group} left on ${topic}`, async (admin) => {
      const groups = await admin.listConsumerGroupOffsets({ groups: [group] });
      const topics = groups.flatMap((each) => each.topics);
      return topics.filter(({ name }) => name === topic).flatMap(({ partitions }) => partitions);
    });

  return {
    since: (topic, timestamp) =>
      askOf(topic, async (admin, count) => {
        const found = await offsetsAt(admin, topic, count, timestamp);
        const high = await offsetsAt(admin, topic, count, LATEST);
        return new Map(
          [...high].map(([partition, end]) => {
            const offset = found.get(partition) ?? -1n;
            return [partition, offset >= 0n ? offset : end];
          }),
        );
      }),
    ranges: (topic) =>
      askOf(topic, async (admin, count) => {
        const low = await offsetsAt(admin, topic, count, EARLIEST);
        const high = await offsetsAt(admin, topic, count, LATEST);
        return new Map(
          [...low].map(([partition, offset]) => [
            partition,
            { low: offset, high: high.get(partition) ?? offset },
          ]),
        );
      }),
    committed: async (group, topic) => {
      const partitions = await left(group, topic);
      const committed = partitions.map(
        ({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset] as const,
      );
      return new Map(committed.filter(([, offset]) => offset >= 0n));
    },
    commitMetadata: async (group, topic) => {
      const partitions = await left(group, topic);
      const notes = partitions.map(
        ({ partitionIndex, metadata }) => [partitionIndex, metadata ?? ''] as const,
      );
      return new Map(notes.filter(([, metadata]) => metadata !== ''));
    },
    clusterId: () =>
      ask('asking for the cluster', async (admin) => {
        const { id } = await admin.metadata({ topics: [], forceUpdate: true });
        if (!id) throw new ZonerError('KAFKA_UNAVAILABLE', 'Kafka does not say what the cluster is called.');
        return id;
      }),
    close,
  };
}

async function offsetsAt(
  admin: Admin,
  topic: string,
  count: number,
  timestamp: bigint,
): Promise<ReadonlyMap<number, bigint>> {
  const partitions = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp }));
  const [found] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
  return new Map((found?.partitions ?? []).map(({ partitionIndex, offset }) => [partitionIndex, offset]));
}
