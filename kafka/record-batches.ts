import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { KafkaRecord } from '#consumer/ports.ts';
import { ZonerError } from '#core/errors.ts';
import { FetchedRecord, type RecordBatch } from '#kafka/fetched-record.ts';
import { lz4Codec, snappyCodec, zstdCodec } from '#kafka/kafkajs-codecs.ts';
import { RecordCursor } from '#kafka/record-cursor.ts';

/** What a fetch found of one partition. */
export interface FetchedRecords {
  /** Those to be delivered: no control records, none of an aborted transaction, none below the asked offset. */
  readonly records: readonly KafkaRecord[];
  /** The offset after the last batch, or the asked one where there was no batch. */
  readonly end: bigint;
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** Of a record batch of magic 2 (Kafka's protocol guide, "Record Batch"): where its fields begin, in bytes. */
const AT = {
  length: 8,
  magic: 16,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  count: 57,
  records: 61,
} as const;
const LENGTH_END = 12;
const COMPRESSION = 0b111;
const LOG_APPEND_TIME = 0b1000;
const TRANSACTIONAL = 0b10000;
const CONTROL = 0b100000;
/** In the key of a control record, behind its version: 0 ends a transaction that was aborted, 1 one that was committed. */
const ABORT = 0;

const unzip = promisify(gunzip);
const DECOMPRESS: readonly ((bytes: Buffer) => Promise<Buffer> | Buffer)[] = [
  (bytes) => bytes,
  (bytes) => unzip(bytes),
  (bytes) => snappyCodec.decompress(bytes),
  (bytes) => lz4Codec.decompress(bytes),
  (bytes) => zstdCodec.decompress(bytes),
];

/**
 * Reads the record batches of a fetch. Keys, values and header values are views of `bytes` where it is not compressed:
 * nothing is copied. A batch that is cut off at the end, as a broker may send it, is left for the next fetch.
 * @param from the offset that was asked for; a batch may begin before it
 * @throws ZonerError TOPIC_DIFFERS for a format or a compression that nobody here can read
 */
export async function readRecordBatches(
  bytes: Buffer,
  place: Place,
  from: bigint,
  aborted: readonly AbortedTransaction[] = [],
): Promise<FetchedRecords> {
  const records: KafkaRecord[] = [];
  const skips = abortedBatches(aborted);
  let end = from;
  for (let at = 0; at + LENGTH_END <= bytes.length; ) {
    const next = at + LENGTH_END + bytes.readInt32BE(at + AT.length);
    if (next > bytes.length) break;
    const batch = bytes.subarray(at, next);
    if (batch.readInt8(AT.magic) !== 2) throw unreadable(place, `format ${batch.readInt8(AT.magic)}`);
    const after = batch.readBigInt64BE(0) + BigInt(batch.readInt32BE(AT.lastOffsetDelta)) + 1n;
    if (!skips(batch, after - 1n) && after > from) await readBatch(batch, place, from, records);
    if (after > end) end = after;
    at = next;
  }
  return { records, end };
}

/** The offset after the last whole batch, or `from` where there is none. */
export function endOfBatches(bytes: Buffer, from: bigint): bigint {
  let end = from;
  for (let at = 0; at + LENGTH_END <= bytes.length; ) {
    const next = at + LENGTH_END + bytes.readInt32BE(at + AT.length);
    if (next > bytes.length) break;
    const after = bytes.readBigInt64BE(at) + BigInt(bytes.readInt32BE(at + AT.lastOffsetDelta)) + 1n;
    if (after > end) end = after;
    at = next;
  }
  return end;
}

/** Tells of each batch in turn whether its records are nobody's business: control records, aborted ones. */
function abortedBatches(aborted: readonly AbortedTransaction[]): (batch: Buffer, last: bigint) => boolean {
  const coming = aborted.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const open = new Set<bigint>();
  return (batch, last) => {
    const attributes = batch.readInt16BE(AT.attributes);
    if ((attributes & TRANSACTIONAL) === 0) return (attributes & CONTROL) !== 0;
    for (let next = coming[0]; next !== undefined && next.firstOffset <= last; next = coming[0]) {
      open.add(next.producerId);
      coming.shift();
    }
    const producerId = batch.readBigInt64BE(AT.producerId);
    if ((attributes & CONTROL) === 0) return open.has(producerId);
    if (controlType(batch) === ABORT) open.delete(producerId);
    return true;
  };
}

function controlType(batch: Buffer): number {
  const cursor = new RecordCursor(batch, AT.records);
  cursor.varint();
  cursor.at += 1;
  cursor.varint();
  cursor.varint();
  return cursor.bytes()?.readInt16BE(2) ?? -1;
}

async function readBatch(batch: Buffer, place: Place, from: bigint, into: KafkaRecord[]): Promise<void> {
  const attributes = batch.readInt16BE(AT.attributes);
  const decompress = DECOMPRESS[attributes & COMPRESSION];
  if (decompress === undefined) throw unreadable(place, `compression ${attributes & COMPRESSION}`);
  const packed = (attributes & COMPRESSION) !== 0;
  const bytes = packed ? await decompress(batch.subarray(AT.records)) : batch;
  readRecords(bytes, packed ? 0 : AT.records, batch, place, from, into);
}

function readRecords(
  bytes: Buffer,
  start: number,
  head: Buffer,
  { topic, partition }: Place,
  from: bigint,
  into: KafkaRecord[],
): void {
  const appended = (head.readInt16BE(AT.attributes) & LOG_APPEND_TIME) !== 0;
  const batch: RecordBatch = {
    topic,
    partition,
    bytes,
    baseOffset: head.readBigInt64BE(0),
    baseTimestamp: head.readBigInt64BE(appended ? AT.maxTimestamp : AT.baseTimestamp),
  };
  const first = Number(from - batch.baseOffset);
  const cursor = new RecordCursor(bytes, start);
  for (let count = head.readInt32BE(AT.count); count > 0; count -= 1) {
    const next = cursor.varint() + cursor.at;
    cursor.at += 1;
    const timestampDelta = cursor.varint();
    const offsetDelta = cursor.varint();
    if (offsetDelta >= first) {
      const keyAt = cursor.at;
      cursor.skipBytes();
      const length = cursor.varint();
      const end = cursor.at + length;
      into.push(new FetchedRecord(batch, offsetDelta, appended ? 0 : timestampDelta, keyAt, cursor.at, end));
    }
    cursor.at = next;
  }
}

function unreadable({ topic }: Place, what: string): ZonerError {
  return new ZonerError('TOPIC_DIFFERS', `Records of "${topic}" cannot be read: ${what}.`, {
    remedy: 'Let producers compress with gzip, snappy, lz4 or zstd, or not at all.',
  });
}
