import type { Encoder } from '#avro/codec.ts';
import { ZonerError } from '#core/errors.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

/** What it takes to make records of one contract; made once, used for every record. */
export interface RecordMaker {
  readonly topic: string;
  /** The field whose text is the key. */
  readonly key: string;
  readonly schemaId: number;
  readonly encoder: Encoder;
}

/**
 * The record of a value: key and framed payload. Pure.
 * @throws ZonerError VALUE_INVALID that names the field
 */
export function encodeRecord(maker: RecordMaker, value: unknown): OutgoingRecord {
  return recordOf(maker, value, maker.encoder.encodeFramed(maker.schemaId, value));
}

/** The records of many values, their payloads in one buffer. None if one does not fit. @throws as `encodeRecord` */
export function encodeRecords(maker: RecordMaker, values: readonly unknown[]): readonly OutgoingRecord[] {
  const { bytes, ends } = maker.encoder.encodeBatch(maker.schemaId, values);
  return values.map((value, index) =>
    recordOf(maker, value, bytes.subarray(ends[index - 1] ?? 0, ends[index])),
  );
}

function recordOf(maker: RecordMaker, value: unknown, framed: Uint8Array): OutgoingRecord {
  const key = (value as Readonly<Record<string, unknown>>)[maker.key];
  if (typeof key !== 'string') throw new ZonerError('VALUE_INVALID', `${maker.key}: the key must be given`);
  return {
    topic: maker.topic,
    partition: null,
    key: Buffer.from(key, 'utf8'),
    value: framed,
    headers: [],
    timestamp: null,
  };
}
