/** Confluent's wire format: byte 0, the schema id as four bytes big-endian, then the Avro payload. */
export interface Framed {
  readonly schemaId: number;
  /** A view of the record's bytes, not a copy. */
  readonly payload: Uint8Array;
}

const HEADER_BYTES = 5;
const MAX_ID = 0xffff_ffff;

/** The framed value in a new buffer. */
export function frame(schemaId: number, payload: Uint8Array): Uint8Array {
  if (!Number.isInteger(schemaId) || schemaId < 1 || schemaId > MAX_ID)
    throw new Error(`not a schema id: ${schemaId}`);
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  bytes[0] = 0;
  bytes.writeUInt32BE(schemaId, 1);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** Null if the value is no frame: shorter than five bytes, another first byte, or id 0. */
export function parseFrame(value: Uint8Array): Framed | null {
  if (value.length < HEADER_BYTES || value[0] !== 0) return null;
  const schemaId = new DataView(value.buffer, value.byteOffset, value.byteLength).getUint32(1);
  return schemaId === 0 ? null : { schemaId, payload: value.subarray(HEADER_BYTES) };
}
