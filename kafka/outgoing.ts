import { ZonerError } from '#core/errors.ts';
import { partitionOf } from '#kafka/partitioner.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

/** A record whose partition and time are decided, so that a retry cannot decide otherwise. */
export interface PlacedRecord extends OutgoingRecord {
  readonly partition: number;
  readonly timestamp: bigint;
}

/**
 * Gives each record its partition: the one it asks for, or the one of its key, or in turn for those without a key.
 * @param partitions by topic
 * @param turn how many records without a key went out before
 * @throws ZonerError TOPIC_DIFFERS for a partition that the topic does not have
 */
export function place(
  records: readonly OutgoingRecord[],
  partitions: ReadonlyMap<string, number>,
  turn: number,
  now: bigint,
): readonly PlacedRecord[] {
  let next = turn;
  return records.map((record) => {
    const count = partitions.get(record.topic) ?? 0;
    const partition =
      record.partition ?? (record.key === null ? next++ % count : partitionOf(record.key, count));
    if (partition >= count) {
      throw new ZonerError(
        'TOPIC_DIFFERS',
        `The topic "${record.topic}" has ${count} partitions: there is no partition ${partition}.`,
      );
    }
    return { ...record, partition, timestamp: record.timestamp ?? now };
  });
}

/** What a record takes on the wire, a little more rather than less. */
function sizeOf({ key, value, headers }: OutgoingRecord): number {
  const headerBytes = headers.reduce(
    (sum, [name, bytes]) => sum + name.length * 3 + (bytes?.length ?? 0) + 10,
    0,
  );
  return (key?.length ?? 0) + (value?.length ?? 0) + headerBytes + 40;
}

/**
 * True for a slice of one record that is larger than slices are. It goes out compressed: it may come from a batch that was,
 * and the broker measures what arrives.
 */
export function isOversized([first, ...others]: readonly OutgoingRecord[], maxBytes: number): boolean {
  return first !== undefined && others.length === 0 && sizeOf(first) > maxBytes;
}

/** kafkajs copies a partition's list once for each record of it. */
const MAX_SLICE_RECORDS = 2000;

/**
 * Consecutive slices of at most `maxBytes`; a larger record stands alone. kafkajs makes one batch a partition out of each
 * send however large it gets, and the broker refuses batches above `max.message.bytes`.
 */
export function slices<Each extends OutgoingRecord>(records: readonly Each[], maxBytes: number): Each[][] {
  const result: Each[][] = [];
  let room = 0;
  for (const record of records) {
    const size = sizeOf(record);
    const last = result.at(-1);
    if (last !== undefined && size <= room && last.length < MAX_SLICE_RECORDS) {
      last.push(record);
      room -= size;
    } else {
      result.push([record]);
      room = maxBytes - size;
    }
  }
  return result;
}
