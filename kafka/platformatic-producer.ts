import { type MessageToProduce, Producer } from '@platformatic/kafka';
import type { KafkaConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import { withDeadline } from '#kafka/deadline.ts';
import { asBuffer } from '#kafka/kafkajs-headers.ts';
import type { KafkajsProducerOptions } from '#kafka/kafkajs-producer.ts';
import { isOversized, type PlacedRecord, place, slices } from '#kafka/outgoing.ts';
import { platformaticOptions } from '#kafka/platformatic-client.ts';
import { platformaticError } from '#kafka/platformatic-errors.ts';
import { platformaticPartitions } from '#kafka/platformatic-partitions.ts';
import { createTopicPartitions } from '#kafka/topic-partitions.ts';
import type { Headers, OutgoingRecord, ProducerTransport } from '#producer/ports.ts';

/** Half of the broker's default `max.message.bytes`. */
const SLICE_BYTES = 512 * 1024;

/** Sends with acks=all and as an idempotent producer, one send after the other. Headers go out exactly as they are. */
export function createPlatformaticProducer(
  config: KafkaConfig,
  { deadlineMs = 30_000 }: KafkajsProducerOptions = {},
): ProducerTransport {
  const topics = createTopicPartitions((names) => platformaticPartitions(config, names));
  let connected: Producer | null = null;
  let counted: ReadonlyMap<string, number> = new Map();
  let turn = Math.floor(Math.random() * 1024);
  let queue: Promise<void> = Promise.resolve();
  let closed = false;

  const sendSlice = async (records: readonly PlacedRecord[]): Promise<void> => {
    connected ??= new Producer({ ...platformaticOptions(config), idempotent: true });
    const sending = connected.send({
      messages: records.map(toMessage),
      acks: -1,
      compression: isOversized(records, SLICE_BYTES) ? 'gzip' : 'none',
    });
    try {
      await withDeadline(sending, deadlineMs, 'sending');
    } catch (error) {
      // The outcome is unknown, and so are the sequence numbers: a new producer has a new identity.
      const producer = connected;
      connected = null;
      topics.forget();
      void sending.catch(() => undefined).finally(() => producer?.close().catch(() => undefined));
      throw error;
    }
  };
  /**
   * The client takes a partition that it has not heard of for another one, the remainder (`#performSend` of its
   * producer.js). A new one asks for all of them.
   */
  const renewIfGrown = async (partitions: ReadonlyMap<string, number>): Promise<void> => {
    const grown = [...counted].some(([topic, count]) => (partitions.get(topic) ?? count) !== count);
    counted = partitions;
    if (!grown) return;
    const producer = connected;
    connected = null;
    await producer?.close().catch(() => undefined);
  };

  const sendAll = async (records: readonly OutgoingRecord[]): Promise<void> => {
    if (closed) throw new ZonerError('KAFKA_UNAVAILABLE', 'This producer is closed.');
    try {
      const names = [...new Set(records.map(({ topic }) => topic))];
      const partitions = await withDeadline(topics.of(names, records), deadlineMs, 'asking for the topics');
      if (partitions !== counted) await renewIfGrown(partitions);
      const placed = place(records, partitions, turn, BigInt(Date.now()));
      turn += records.length;
      for (const slice of slices(placed, SLICE_BYTES))
        for (const ofAnAge of splitByAge(slice)) await sendSlice(ofAnAge);
    } catch (error) {
      throw platformaticError(error, 'sending');
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
      await connected?.close().catch(() => undefined);
      connected = null;
    },
  };
}

/** Half of what fits 32 bits, so that any two records of a part are near enough. */
const MAX_APART_MS = 2n ** 30n;

/**
 * Parts whose records are at most twelve days from their first. The client writes a record's time as its distance from
 * the first of its batch, and one of more than 31 bits wrongly (`int64ZigZagEncode` of @platformatic/dynamic-buffer
 * 0.3.1 shifts by 31 where it takes 63): records of different months would arrive with times that nobody gave them.
 */
export function splitByAge(records: readonly PlacedRecord[]): readonly (readonly PlacedRecord[])[] {
  const parts: PlacedRecord[][] = [];
  for (const record of records) {
    const part = parts.at(-1);
    const apart = record.timestamp - (part?.[0]?.timestamp ?? 0n);
    if (part !== undefined && apart < MAX_APART_MS && apart > -MAX_APART_MS) part.push(record);
    else parts.push([record]);
  }
  return parts;
}

type Message = MessageToProduce<Buffer, Buffer, Buffer, Buffer>;

function toMessage({ topic, partition, key, value, headers, timestamp }: PlacedRecord): Message {
  return {
    topic,
    partition,
    timestamp,
    // The types know no null, which is how both go out where there are no bytes.
    key: (key === null ? null : asBuffer(key)) as Buffer,
    value: (value === null ? null : asBuffer(value)) as Buffer,
    ...(headers.length === 0 ? {} : { headers: toMap(headers) }),
  };
}

/** A buffer is a key of its own, so names that occur twice stay two headers, in their order. */
function toMap(headers: Headers): Map<Buffer, Buffer> {
  return new Map(
    headers.map(([name, value]) => [Buffer.from(name), (value === null ? null : asBuffer(value)) as Buffer]),
  );
}
