import type { Admin } from 'kafkajs';
import type { TopicOffsets, TopicTimes } from '#consumer/ports.ts';
import type { KafkaConfig } from '#core/config.ts';
import { createAdminQuestions } from '#kafka/admin-questions.ts';
import { createKafka } from '#kafka/kafkajs-client.ts';
import { kafkaError, missingTopics } from '#kafka/kafkajs-errors.ts';

export interface KafkajsOffsets extends TopicOffsets, TopicTimes {
  close(): Promise<void>;
}

/** Said for a moment after a topic, a partition or a coordinator came to be; kafkajs's admin client gives up on them. */
const SETTLING: ReadonlySet<string> = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/** Offsets of topics and groups. It stays connected between calls, because commands ask again and again: close it. */
export function createKafkajsOffsets(config: KafkaConfig): KafkajsOffsets {
  const { ask, close } = createAdminQuestions<Admin>({
    async connect() {
      const admin = createKafka(config).admin();
      await admin.connect();
      return admin;
    },
    disconnect: (admin) => admin.disconnect(),
    settling: SETTLING,
    toError: kafkaError,
  });

  /** kafkajs tries for many seconds to find a topic that is missing. */
  const askOf = <Answer>(topic: string, question: (admin: Admin) => Promise<Answer>): Promise<Answer> =>
    ask(`asking for the offsets of ${topic}`, async (admin) => {
      if (!(await admin.listTopics()).includes(topic)) throw missingTopics([topic]);
      return question(admin);
    });

  return {
    since: (topic, timestamp) =>
      askOf(topic, async (admin) => {
        const found = await admin.fetchTopicOffsetsByTimestamp(topic, Number(timestamp));
        return new Map(found.map(({ partition, offset }) => [partition, BigInt(offset)]));
      }),
    ranges: (topic) =>
      askOf(topic, async (admin) => {
        const partitions = await admin.fetchTopicOffsets(topic);
        return new Map(
          partitions.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]),
        );
      }),
    committed: (group, topic) =>
      ask(`asking for what ${group} has committed`, async (admin) => {
        const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
        const committed = (found?.partitions ?? []).map(
          ({ partition, offset }) => [partition, BigInt(offset)] as const,
        );
        return new Map(committed.filter(([, offset]) => offset >= 0n));
      }),
    commitMetadata: (group, topic) =>
      ask(`asking for what ${group} left on ${topic}`, async (admin) => {
        const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
        const left = (found?.partitions ?? []).map(
          ({ partition, metadata }) => [partition, metadata ?? ''] as const,
        );
        return new Map(left.filter(([, metadata]) => metadata !== ''));
      }),
    clusterId: () =>
      ask('asking for the cluster', async (admin) => (await admin.describeCluster()).clusterId),
    close,
  };
}
