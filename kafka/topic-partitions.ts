import type { KafkaConfig } from '#core/config.ts';
import { withAdmin } from '#kafka/kafkajs-client.ts';
import { brokerCodesOf, missingTopics } from '#kafka/kafkajs-errors.ts';

/** Growing topics are rare, and a producer that notices one a few minutes later harms nobody. */
const MAX_AGE_MS = 300_000;

const HIDDEN: ReadonlySet<string> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'TOPIC_AUTHORIZATION_FAILED']);

/**
 * How many partitions topics have, asked for all at once. kafkajs itself keeps on trying for twenty seconds when a topic
 * is missing; the list of all topics tells in one request.
 * @param ask gives at least those of these topics that there are
 */
export function createTopicPartitions(
  ask: (topics: readonly string[]) => Promise<ReadonlyMap<string, number>>,
): TopicPartitions {
  let known: ReadonlyMap<string, number> = new Map();
  let until = 0;
  return {
    async of(topics, records = []) {
      const has = ({ topic, partition }: Asked): boolean => (partition ?? 0) < (known.get(topic) ?? 0);
      const current =
        performance.now() < until && topics.every((topic) => known.has(topic)) && records.every(has);
      if (!current) {
        known = await ask([...known.keys(), ...topics]);
        until = performance.now() + MAX_AGE_MS;
      }
      const missing = topics.filter((topic) => !known.has(topic));
      if (missing.length > 0) throw missingTopics(missing);
      return known;
    },
    forget() {
      until = 0;
    },
  };
}

/** A record that may ask for a partition. */
interface Asked {
  readonly topic: string;
  readonly partition: number | null;
}

export interface TopicPartitions {
  /**
   * @param records one that asks for a partition that was not there before has the broker asked: the topic may have grown
   * @throws ZonerError TOPIC_MISSING, and whatever the client throws
   */
  of(topics: readonly string[], records?: readonly Asked[]): Promise<ReadonlyMap<string, number>>;
  /** The next question is asked of the broker again. */
  forget(): void;
}

/** Each topic of the cluster with its number of partitions. */
export async function partitionsOfAllTopics(config: KafkaConfig): Promise<ReadonlyMap<string, number>> {
  return withAdmin(config, async (admin) => {
    const { topics } = await admin.fetchTopicMetadata();
    return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
  });
}

/** The number of partitions of each of these topics that the broker shows to this user. */
export async function partitionsOfShown(
  config: KafkaConfig,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (topics.length === 0) return new Map();
  return withAdmin(config, async (admin) => {
    const found = new Map<string, number>();
    // One by one: the answer for many is an error if there is one of them that the broker does not show.
    for (const topic of topics) {
      try {
        const [first] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
        if (first !== undefined) found.set(topic, first.partitions.length);
      } catch (error) {
        if (!brokerCodesOf(error).some((code) => HIDDEN.has(code))) throw error;
      }
    }
    return found;
  });
}
