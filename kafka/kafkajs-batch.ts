import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Batch, KafkaRecord } from '#consumer/ports.ts';
import { brokerCodesOf, kafkaError } from '#kafka/kafkajs-errors.ts';
import { headersOf } from '#kafka/kafkajs-headers.ts';
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

/** The port's batch over one of kafkajs. */
/** @param onPause called when the batch pauses its partition */
export function toBatch(payload: EachBatchPayload, lease: Lease, onPause: () => void): Batch {
  const { topic, partition, messages } = payload.batch;
  const records = messages.map((message) => toRecord(topic, partition, message));
  const afterRecords = (records.at(-1)?.offset ?? -1n) + 1n;
  const end = BigInt(payload.batch.lastOffset()) + 1n;
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
        // kafkajs sends the metadata of an offset, though its types do not know of it.
        const committed = { partition, offset: offset.toString(), metadata };
        await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [committed] }] });
      } catch (error) {
        if (!isMembershipLost(error))
          throw kafkaError(error, `committing partition ${partition} of ${topic}`);
        lease.revoke(error);
        throw leaseLost(topic, partition, error);
      }
    },
    pause() {
      payload.pause();
      onPause();
    },
  };
}

function toRecord(topic: string, partition: number, message: KafkaMessage): KafkaRecord {
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
