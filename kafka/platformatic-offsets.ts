import { Admin, ListOffsetTimestamps } from '@platformatic/kafka';
import type { TopicOffsets, TopicTimes } from '#consumer/ports.ts';
import type { KafkaConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import { createAdminQuestions } from '#kafka/admin-questions.ts';
import { askTogether, askTogetherBy } from '#kafka/ask-together.ts';
import { known, type OffsetsByTopic, orEnds, rangesBetween } from '#kafka/offset-ranges.ts';
import { platformaticOptions } from '#kafka/platformatic-client.ts';
import { platformaticError } from '#kafka/platformatic-errors.ts';
import { partitionsOf } from '#kafka/platformatic-partitions.ts';

export interface PlatformaticOffsets extends TopicOffsets, TopicTimes {
  close(): Promise<void>;
}

/** Said for a moment after a topic, a partition or a coordinator came to be. */
const SETTLING: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
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
  const askOf = <Answer>(
    topics: readonly string[],
    question: (admin: Admin, counts: PartitionCounts) => Promise<ReadonlyMap<string, Answer>>,
  ) =>
    ask(
      `asking for the offsets of ${topics.length === 1 ? topics[0] : `${topics.length} topics`}`,
      async (admin) => {
        const counts = await partitionsOf(admin, topics);
        return counts.size === 0 ? new Map<string, Answer>() : await question(admin, counts);
      },
    );
  const rangesOf = askTogether((topics) =>
    askOf(topics, async (admin, counts) => {
      const low = await offsetsAt(admin, counts, EARLIEST);
      return rangesBetween(low, await offsetsAt(admin, counts, LATEST));
    }),
  );
  const sinceOf = askTogetherBy((timestamp, topics) =>
    askOf(topics, async (admin, counts) => {
      const found = await offsetsAt(admin, counts, BigInt(timestamp));
      return orEnds(found, await offsetsAt(admin, counts, LATEST));
    }),
  );
  const leftBy = askTogetherBy((group, topics) =>
    ask(`asking for what ${group} left on ${topics.join(', ')}`, async (admin) => {
      const groups = await admin.listConsumerGroupOffsets({ groups: [group] });
      return new Map(groups.flatMap((each) => each.topics).map(({ name, partitions }) => [name, partitions]));
    }),
  );

  return {
    since: async (topic, timestamp) => known(topic, await sinceOf(String(timestamp), topic)),
    ranges: async (topic) => known(topic, await rangesOf(topic)),
    committed: async (group, topic) => {
      const partitions = (await leftBy(group, topic)) ?? [];
      const committed = partitions.map(
        ({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset] as const,
      );
      return new Map(committed.filter(([, offset]) => offset >= 0n));
    },
    commitMetadata: async (group, topic) => {
      const partitions = (await leftBy(group, topic)) ?? [];
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

type PartitionCounts = ReadonlyMap<string, number>;

async function offsetsAt(admin: Admin, counts: PartitionCounts, timestamp: bigint): Promise<OffsetsByTopic> {
  const topics = [...counts].map(([name, count]) => ({
    name,
    partitions: Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp })),
  }));
  const found = await admin.listOffsets({ topics });
  return new Map(
    found.map(({ name, partitions }) => [
      name,
      new Map(partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset])),
    ]),
  );
}
