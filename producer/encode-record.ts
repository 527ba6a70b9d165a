import type { Encoder } from '#avro/codec.ts';
import { frame } from '#avro/frame.ts';
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
 * The record of a value: key, frame and payload. Pure.
 * @throws ZonerError VALUE_INVALID that names the field
 */
export function encodeRecord(maker: RecordMaker, value: unknown): OutgoingRecord {
  const payload = maker.encoder.encode(value);
  const key = (value as Readonly<Record<string, unknown>>)[maker.key];
  if (typeof key !== 'string') throw new ZonerError('VALUE_INVALID', `${maker.key}: the key must be given`);
  return {
    topic: maker.topic,
    partition: null,
    key: Buffer.from(key, 'utf8'),
    value: frame(maker.schemaId, payload),
    headers: [],
    timestamp: null,
  };
}
