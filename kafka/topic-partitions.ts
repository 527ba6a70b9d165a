import type { KafkaConfig } from '#core/config.ts';
import { withAdmin } from '#kafka/kafkajs-client.ts';
import { missingTopics } from '#kafka/kafkajs-errors.ts';

/** Growing topics are rare, and a producer that notices one a few minutes later harms nobody. */
const MAX_AGE_MS = 300_000;

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
    async of(topics) {
      const current = performance.now() < until && topics.every((topic) => known.has(topic));
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

export interface TopicPartitions {
  /** @throws ZonerError TOPIC_MISSING, and whatever the client throws */
  of(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
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
