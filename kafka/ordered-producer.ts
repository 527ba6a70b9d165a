import { ZonerError } from '#core/errors.ts';
import { withDeadline } from '#kafka/deadline.ts';
import { isOversized, type PlacedRecord, place, slices } from '#kafka/outgoing.ts';
import type { TopicPartitions } from '#kafka/topic-partitions.ts';
import type { OutgoingRecord, ProducerTransport } from '#producer/ports.ts';

export interface ProducerOptions {
  /** For one slice of at most half a mebibyte. Default 30 000. */
  readonly deadlineMs?: number;
}

/** A producer of a Kafka client, with an identity of its own at the broker. */
export interface IdempotentClient {
  /** Resolves when all replicas have these records. */
  send(records: readonly PlacedRecord[], compressed: boolean): Promise<unknown>;
  close(): Promise<unknown>;
}

interface OrderedProducerDeps {
  readonly topics: TopicPartitions;
  /** Made when something is sent first, and again after a send that failed. Connects by itself. */
  open(): IdempotentClient;
  toError(error: unknown, doing: string): ZonerError;
  /** What of a slice can go out together, where the client cannot take all of it. */
  split?(slice: readonly PlacedRecord[]): readonly (readonly PlacedRecord[])[];
}

/** Half of the broker's default `max.message.bytes`. */
const SLICE_BYTES = 512 * 1024;

/** Sends one after the other, in slices that a broker takes, with partitions that are decided once. */
export function createOrderedProducer(
  { topics, open, toError, split = (slice) => [slice] }: OrderedProducerDeps,
  { deadlineMs = 30_000 }: ProducerOptions = {},
): ProducerTransport {
  let client: IdempotentClient | null = null;
  let counted: ReadonlyMap<string, number> = new Map();
  let turn = Math.floor(Math.random() * 1024);
  let queue: Promise<void> = Promise.resolve();
  let closed = false;

  const sendSlice = async (records: readonly PlacedRecord[]): Promise<void> => {
    client ??= open();
    const sending = client.send(records, isOversized(records, SLICE_BYTES));
    try {
      await withDeadline(sending, deadlineMs, 'sending');
    } catch (error) {
      // The outcome is unknown, and so are the sequence numbers. kafkajs would give them to other records, and the broker
      // takes those for duplicates and drops them. A new producer has a new identity.
      const failed = client;
      client = null;
      topics.forget();
      void sending.catch(() => undefined).finally(() => failed.close().catch(() => undefined));
      throw error;
    }
  };

  /**
   * A client that has not heard of a partition leaves its records out (kafkajs, `findLeaderForPartitions` of its
   * cluster/index.js) or gives them to the remainder (@platformatic/kafka, `#performSend` of its producer.js). A new one asks.
   */
  const renewIfGrown = async (partitions: ReadonlyMap<string, number>): Promise<void> => {
    const grown = [...counted].some(([topic, count]) => (partitions.get(topic) ?? count) !== count);
    counted = partitions;
    if (!grown) return;
    const outgrown = client;
    client = null;
    await outgrown?.close().catch(() => undefined);
  };

  const sendAll = async (records: readonly OutgoingRecord[]): Promise<void> => {
    if (closed) throw new ZonerError('KAFKA_UNAVAILABLE', 'This producer is closed.');
    try {
      const names = [...new Set(records.map(({ topic }) => topic))];
      const partitions = await withDeadline(topics.of(names, records), deadlineMs, 'asking for the topics');
      if (partitions !== counted) await renewIfGrown(partitions);
      const placed = place(records, partitions, turn, BigInt(Date.now()));
      turn += records.length;
      for (const slice of slices(placed, SLICE_BYTES)) for (const part of split(slice)) await sendSlice(part);
    } catch (error) {
      throw toError(error, 'sending');
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
      await client?.close().catch(() => undefined);
      client = null;
    },
  };
}
