import kafkajs, { type PartitionerArgs, type Producer, type TopicMessages } from 'kafkajs';
import type { KafkaConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import { withDeadline } from '#kafka/deadline.ts';
import { createKafka, RETRY } from '#kafka/kafkajs-client.ts';
import { kafkaError } from '#kafka/kafkajs-errors.ts';
import { asBuffer, toKafkajsHeaders } from '#kafka/kafkajs-headers.ts';
import { isOversized, type PlacedRecord, place, slices } from '#kafka/outgoing.ts';
import { createTopicPartitions, partitionsOfAllTopics } from '#kafka/topic-partitions.ts';
import type { OutgoingRecord, ProducerTransport } from '#producer/ports.ts';

/** Half of the broker's default `max.message.bytes`. */
const SLICE_BYTES = 512 * 1024;

export interface KafkajsProducerOptions {
  /** For one slice of at most half a mebibyte. Default 30 000. */
  readonly deadlineMs?: number;
}

/**
 * Sends with acks=all and as an idempotent producer, one send after the other. A null header value goes out empty, and
 * headers of one name side by side: kafkajs cannot do otherwise.
 */
export function createKafkajsProducer(
  config: KafkaConfig,
  options: KafkajsProducerOptions = {},
): ProducerTransport {
  const { deadlineMs = 30_000 } = options;
  const kafka = createKafka(config);
  const topics = createTopicPartitions(() => partitionsOfAllTopics(config));
  let connected: Producer | null = null;
  let turn = Math.floor(Math.random() * 1024);
  let queue: Promise<void> = Promise.resolve();
  let closed = false;

  const connect = async (): Promise<Producer> => {
    if (connected !== null) return connected;
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: () => placedPartition,
      retry: RETRY,
    });
    await producer.connect();
    connected = producer;
    return producer;
  };

  const sendSlice = async (records: readonly PlacedRecord[]): Promise<void> => {
    const sending = connect().then((producer) =>
      producer.sendBatch({
        acks: -1,
        timeout: 15_000,
        compression: isOversized(records, SLICE_BYTES)
          ? kafkajs.CompressionTypes.GZIP
          : kafkajs.CompressionTypes.None,
        topicMessages: toTopicMessages(records),
      }),
    );
    try {
      await withDeadline(sending, deadlineMs, 'sending');
    } catch (error) {
      // After a send of unknown outcome kafkajs gives its sequence numbers to other records, and the broker takes those
      // for duplicates and drops them. A new producer has a new identity.
      const producer = connected;
      connected = null;
      topics.forget();
      void sending.catch(() => undefined).finally(() => producer?.disconnect().catch(() => undefined));
      throw error;
    }
  };

  const sendAll = async (records: readonly OutgoingRecord[]): Promise<void> => {
    if (closed) throw new ZonerError('KAFKA_UNAVAILABLE', 'This producer is closed.');
    try {
      const names = [...new Set(records.map(({ topic }) => topic))];
      const partitions = await withDeadline(topics.of(names, records), deadlineMs, 'asking for the topics');
      const placed = place(records, partitions, turn, BigInt(Date.now()));
      turn += records.length;
      for (const slice of slices(placed, SLICE_BYTES)) await sendSlice(slice);
    } catch (error) {
      throw kafkaError(error, 'sending');
    }
  };

  return {
    send(records) {
      if (records.length === 0) return Promise.resolve();
      const result = queue.then(() => sendAll(records));
      queue = result.catch(() => undefined);
      return result;
    },
    async close() {
      await queue;
      closed = true;
      await connected?.disconnect().catch(() => undefined);
      connected = null;
    },
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
function placedPartition({ topic, message, partitionMetadata }: PartitionerArgs): number {
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
