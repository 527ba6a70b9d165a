import type { Admin } from 'kafkajs';
import pRetry from 'p-retry';
import type { TopicOffsets, TopicTimes } from '#consumer/ports.ts';
import type { KafkaConfig } from '#core/config.ts';
import { isZonerError } from '#core/errors.ts';
import { withDeadline } from '#kafka/deadline.ts';
import { createKafka } from '#kafka/kafkajs-client.ts';
import { brokerCodesOf, kafkaError, missingTopics } from '#kafka/kafkajs-errors.ts';

export interface KafkajsOffsets extends TopicOffsets, TopicTimes {
  close(): Promise<void>;
}

const DEADLINE_MS = 30_000;
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
  let connected: Promise<Admin> | null = null;

  const connect = async (): Promise<Admin> => {
    const admin = createKafka(config).admin();
    await admin.connect();
    return admin;
  };
  const close = async (): Promise<void> => {
    const closing = connected;
    connected = null;
    await closing?.then((admin) => admin.disconnect()).catch(() => undefined);
  };
  const askOnce = async <Answer>(
    doing: string,
    question: (admin: Admin) => Promise<Answer>,
  ): Promise<Answer> => {
    try {
      connected ??= connect();
      return await withDeadline(connected.then(question), DEADLINE_MS, doing);
    } catch (error) {
      // An admin client does not come back by itself from a broker that restarted, or to a leader that moved.
      if (!isZonerError(error, 'TOPIC_MISSING')) void close();
      throw error;
    }
  };
  const ask = async <Answer>(doing: string, question: (admin: Admin) => Promise<Answer>): Promise<Answer> => {
    try {
      return await pRetry(() => askOnce(doing, question), {
        retries: 5,
        minTimeout: 100,
        shouldRetry: ({ error }) => brokerCodesOf(error).some((code) => SETTLING.has(code)),
      });
    } catch (error) {
      throw kafkaError(error, doing);
    }
  };

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
