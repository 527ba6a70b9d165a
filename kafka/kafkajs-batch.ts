import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Batch, KafkaRecord } from '#consumer/ports.ts';
import { brokerCodesOf, kafkaError } from '#kafka/kafkajs-errors.ts';
import { headersOf } from '#kafka/kafkajs-headers.ts';
import { Unread } from '#kafka/kafkajs-unread.ts';
import { type Lease, leaseLost } from '#kafka/lease.ts';

/** What the coordinator says when this member, or its generation, is no longer one of the group. */
const MEMBERSHIP_LOST: ReadonlySet<string> = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
]);

/** True if a rebalance is why the call failed: the group has to be joined again. */
export function isMembershipLost(error: unknown): boolean {
  return brokerCodesOf(error).some((code) => MEMBERSHIP_LOST.has(code));
}

/** Of one fetch: the records that are to be delivered, none where only others stand before `end`. */
export interface Fetched {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
  /** The offset after the fetch. */
  readonly end: bigint;
}

/** An offset as kafkajs sends it; it sends the metadata, too, though its types do not always know of it. */
export interface OffsetCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly metadata: string;
}

export interface BatchControl {
  commit(offset: OffsetCommit): Promise<void>;
  pause(): void;
}

/** The port's batch over what a client fetched. */
export function toBatch(fetched: Fetched, lease: Lease, control: BatchControl): Batch {
  const { topic, partition, records, end } = fetched;
  const afterRecords = (records.at(-1)?.offset ?? -1n) + 1n;
  return {
    topic,
    partition,
    records,
    end,
    signal: lease.signal,
    async commit(next, metadata = '') {
      lease.check();
      // Markers of transactions follow the last record unseen: committed with it, or the lag would never be zero.
      const offset = next === afterRecords ? end : next;
      try {
        await control.commit({ topic, partition, offset: offset.toString(), metadata });
      } catch (error) {
        if (!isMembershipLost(error))
          throw kafkaError(error, `committing partition ${partition} of ${topic}`);
        lease.revoke(error);
        throw leaseLost(topic, partition, error);
      }
    },
    pause: () => control.pause(),
  };
}

/** What a batch of kafkajs holds, which is bytes unless the broker is older than Kafka 2.3. */
export async function readBatch(batch: EachBatchPayload['batch']): Promise<Fetched> {
  const { topic, partition, messages } = batch;
  const [first] = messages;
  if (first instanceof Unread) return { topic, partition, ...(await first.read()) };
  const records = messages.map((message) => toRecord(topic, partition, message));
  return { topic, partition, records, end: BigInt(batch.lastOffset()) + 1n };
}

/** The record of what kafkajs delivered. */
export function toRecord(topic: string, partition: number, message: KafkaMessage): KafkaRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestamp: BigInt(message.timestamp),
    key: message.key,
    value: message.value,
    headers: headersOf(message.headers),
  };
}
