import type { KafkaConfig } from '#core/config.ts';
import { withDeadline } from '#kafka/deadline.ts';
import { withAdmin } from '#kafka/kafkajs-client.ts';
import { kafkaError } from '#kafka/kafkajs-errors.ts';

const DEADLINE_MS = 30_000;

/**
 * Deletes the records of a topic below these offsets, by partition. No client reads them afterwards; the broker removes
 * the files of whole segments, and of the one that it writes to once it begins another.
 * @throws ZonerError KAFKA_UNAVAILABLE, TOPIC_MISSING, KAFKA_AUTH
 */
export async function removeBefore(
  config: KafkaConfig,
  topic: string,
  next: ReadonlyMap<number, bigint>,
): Promise<void> {
  const doing = `deleting records of ${topic}`;
  const partitions = [...next].map(([partition, offset]) => ({ partition, offset: String(offset) }));
  try {
    const removed = withAdmin(config, async (admin) => {
      // kafkajs looks for the leaders before it has asked for them, and finds them once something else has.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions });
    });
    await withDeadline(removed, DEADLINE_MS, doing);
  } catch (error) {
    throw kafkaError(error, doing);
  }
}
