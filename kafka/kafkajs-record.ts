import { randomUUID } from 'node:crypto';
import type { KafkaRecord } from '#consumer/ports.ts';
import type { KafkaConfig } from '#core/config.ts';
import { withDeadline } from '#kafka/deadline.ts';
import { toRecord } from '#kafka/kafkajs-batch.ts';
import { createKafka } from '#kafka/kafkajs-client.ts';
import { kafkaError } from '#kafka/kafkajs-errors.ts';

/** A broker may wait for three seconds before it lets a new group begin. */
const DEADLINE_MS = 15_000;

/** Where one record stands. */
export interface RecordPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/**
 * Reads one record, and leaves no trace. Null where the log holds none at this offset, such as a marker of a transaction
 * or a record that was compacted away. The offset has to be within what the broker retains.
 * @throws ZonerError KAFKA_UNAVAILABLE
 */
export async function readRecord(config: KafkaConfig, place: RecordPlace): Promise<KafkaRecord | null> {
  const { topic, partition, offset } = place;
  const doing = `reading offset ${offset} of partition ${partition} of ${topic}`;
  const consumer = createKafka(config).consumer({
    groupId: `zoner-record-${randomUUID()}`,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
  });
  const found = Promise.withResolvers<KafkaRecord | null>();
  const read = async (): Promise<KafkaRecord | null> => {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    consumer.on(consumer.events.CRASH, ({ payload }) => found.reject(payload.error));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      const others = (payload.memberAssignment[topic] ?? []).filter((each) => each !== partition);
      if (others.length > 0) consumer.pause([{ topic, partitions: others }]);
      consumer.seek({ topic, partition, offset: String(offset) });
    });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        if (batch.partition !== partition || BigInt(batch.lastOffset()) < offset) return;
        const message = batch.messages.find((each) => BigInt(each.offset) === offset);
        found.resolve(message === undefined ? null : toRecord(topic, partition, message));
      },
    });
    return found.promise;
  };
  try {
    return await withDeadline(read(), DEADLINE_MS, doing);
  } catch (error) {
    throw kafkaError(error, doing);
  } finally {
    await withDeadline(consumer.disconnect(), DEADLINE_MS, 'disconnecting').catch(() => undefined);
  }
}
