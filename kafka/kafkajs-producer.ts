import kafkajs, { type Kafka, type PartitionerArgs, type TopicMessages } from 'kafkajs';
import type { KafkaConfig } from '#core/config.ts';
import { createKafka, RETRY } from '#kafka/kafkajs-client.ts';
import { kafkaError } from '#kafka/kafkajs-errors.ts';
import { asBuffer, toKafkajsHeaders } from '#kafka/kafkajs-headers.ts';
import {
  createOrderedProducer,
  type IdempotentClient,
  type ProducerOptions,
} from '#kafka/ordered-producer.ts';
import type { PlacedRecord } from '#kafka/outgoing.ts';
import { createTopicPartitions, partitionsOfAllTopics } from '#kafka/topic-partitions.ts';
import type { ProducerTransport } from '#producer/ports.ts';

/**
 * Sends with acks=all and as an idempotent producer, one send after the other. A null header value goes out empty, and
 * headers of one name side by side: kafkajs cannot do otherwise.
 */
export function createKafkajsProducer(config: KafkaConfig, options?: ProducerOptions): ProducerTransport {
  const kafka = createKafka(config);
  const topics = createTopicPartitions(() => partitionsOfAllTopics(config));
  return createOrderedProducer({ topics, open: () => openClient(kafka), toError: kafkaError }, options);
}

function openClient(kafka: Kafka): IdempotentClient {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: () => placedPartition,
    retry: RETRY,
  });
  const connected = producer.connect();
  return {
    async send(records, compressed) {
      await connected;
      await producer.sendBatch({
        acks: -1,
        timeout: 15_000,
        compression: compressed ? kafkajs.CompressionTypes.GZIP : kafkajs.CompressionTypes.None,
        topicMessages: toTopicMessages(records),
      });
    },
    close: () => producer.disconnect(),
  };
}

/** At an error of this name kafkajs reads of its topics again, and sends again. Its own class has a constructor without types. */
class TopicHasGrown extends kafkajs.KafkaJSError {
  override readonly name = 'KafkaJSMetadataNotLoaded';
}

/**
 * The partition that a record has. kafkajs asks for every record again at every retry; the answer must not change. A
 * partition that came to be after kafkajs read of the topic it would leave out, with all of its records and without a word
 * (`findLeaderForPartitions` of its cluster/index.js); it asks before it sends anything, so nothing goes out twice.
 */
export function placedPartition({ topic, message, partitionMetadata }: PartitionerArgs): number {
  const partition = message.partition ?? 0;
  if (partition < partitionMetadata.length) return partition;
  throw new TopicHasGrown(`${topic} has no partition ${partition} yet, as far as this client knows`);
}

function toTopicMessages(records: readonly PlacedRecord[]): TopicMessages[] {
  return [...Map.groupBy(records, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    messages: ofTopic.map(({ partition, key, value, headers, timestamp }) => ({
      partition,
      key: key === null ? null : asBuffer(key),
      value: value === null ? null : asBuffer(value),
      headers: toKafkajsHeaders(headers),
      timestamp: timestamp.toString(),
    })),
  }));
}
