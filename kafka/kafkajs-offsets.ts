import type { TopicOffsets, TopicTimes } from '#consumer/ports.ts';
import type { KafkaConfig } from '#core/config.ts';
import { createAdminQuestions } from '#kafka/admin-questions.ts';
import { askTogether, askTogetherBy } from '#kafka/ask-together.ts';
import { createKafka } from '#kafka/kafkajs-client.ts';
import { type ClusterAdmin, clusterAdmin } from '#kafka/kafkajs-cluster.ts';
import { kafkaError } from '#kafka/kafkajs-errors.ts';
import { known, orEnds, rangesBetween } from '#kafka/offset-ranges.ts';

export interface KafkajsOffsets extends TopicOffsets, TopicTimes {
  close(): Promise<void>;
}

/**
 * Said for a moment after a topic, a partition or a coordinator came to be; kafkajs's admin client gives up on them. A
 * topic that was made anew with fewer partitions is asked for as it was until the client connects again.
 */
const SETTLING: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/** Offsets of topics and groups. It stays connected between calls, because commands ask again and again: close it. */
export function createKafkajsOffsets(config: KafkaConfig): KafkajsOffsets {
  const { ask, close } = createAdminQuestions<ClusterAdmin>({
    async connect() {
      const cluster = clusterAdmin(createKafka(config));
      await cluster.admin.connect();
      return cluster;
    },
    disconnect: ({ admin }) => admin.disconnect(),
    settling: SETTLING,
    toError: kafkaError,
  });

  /** Of those that are there: kafkajs tries for many seconds to find a topic that is missing. */
  const askOf = <Answer>(
    topics: readonly string[],
    question: (cluster: ClusterAdmin, found: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
  ) =>
    ask(`asking for the offsets of ${named(topics)}`, async (cluster) => {
      const all = new Set(await cluster.admin.listTopics());
      const found = topics.filter((topic) => all.has(topic));
      return found.length === 0 ? new Map<string, Answer>() : await question(cluster, found);
    });
  const rangesOf = askTogether((topics) =>
    askOf(topics, async (cluster, found) => {
      const high = await cluster.offsetsAt(found, { fromBeginning: false });
      return rangesBetween(await cluster.offsetsAt(found, { fromBeginning: true }), high);
    }),
  );
  const sinceOf = askTogetherBy((timestamp, topics) =>
    askOf(topics, async (cluster, found) => {
      const high = await cluster.offsetsAt(found, { fromBeginning: false });
      return orEnds(await cluster.offsetsAt(found, { fromTimestamp: Number(timestamp) }), high);
    }),
  );
  const committedOf = askTogetherBy((group, topics) =>
    askOf(topics, async (cluster, found) => {
      await cluster.know(found);
      const answered = await cluster.admin.fetchOffsets({ groupId: group, topics: [...found] });
      return new Map(answered.map(({ topic, partitions }) => [topic, partitions]));
    }),
  );

  return {
    since: async (topic, timestamp) => known(topic, await sinceOf(String(timestamp), topic)),
    ranges: async (topic) => known(topic, await rangesOf(topic)),
    committed: async (group, topic) => {
      const partitions = (await committedOf(group, topic)) ?? [];
      const committed = partitions.map(({ partition, offset }) => [partition, BigInt(offset)] as const);
      return new Map(committed.filter(([, offset]) => offset >= 0n));
    },
    commitMetadata: async (group, topic) => {
      const partitions = (await committedOf(group, topic)) ?? [];
      const left = partitions.map(({ partition, metadata }) => [partition, metadata ?? ''] as const);
      return new Map(left.filter(([, metadata]) => metadata !== ''));
    },
    clusterId: () =>
      ask('asking for the cluster', async ({ admin }) => (await admin.describeCluster()).clusterId),
    close,
  };
}

const named = (topics: readonly string[]): string =>
  topics.length === 1 ? `${topics[0]}` : `${topics.length} topics`;
