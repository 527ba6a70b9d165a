import { type MessageToProduce, Producer } from '@platformatic/kafka';
import type { KafkaConfig } from '#core/config.ts';
import { asBuffer } from '#kafka/kafkajs-headers.ts';
import {
  createOrderedProducer,
  type IdempotentClient,
  type ProducerOptions,
} from '#kafka/ordered-producer.ts';
import type { PlacedRecord } from '#kafka/outgoing.ts';
import { platformaticOptions } from '#kafka/platformatic-client.ts';
import { platformaticError } from '#kafka/platformatic-errors.ts';
import { platformaticPartitions } from '#kafka/platformatic-partitions.ts';
import { createTopicPartitions } from '#kafka/topic-partitions.ts';
import type { Headers, ProducerTransport } from '#producer/ports.ts';

/** Sends with acks=all and as an idempotent producer, one send after the other. Headers go out exactly as they are. */
export function createPlatformaticProducer(
  config: KafkaConfig,
  options?: ProducerOptions,
): ProducerTransport {
  const topics = createTopicPartitions((names) => platformaticPartitions(config, names));
  const open = (): IdempotentClient => {
    const producer = new Producer({ ...platformaticOptions(config), idempotent: true });
    return {
      send: (records, compressed) =>
        producer.send({
          messages: records.map(toMessage),
          acks: -1,
          compression: compressed ? 'gzip' : 'none',
        }),
      close: () => producer.close(),
    };
  };
  return createOrderedProducer({ topics, open, toError: platformaticError, split: splitByAge }, options);
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
