/** Confluent's wire format: byte 0, the schema id as four bytes big-endian, then the Avro payload. */
export interface Framed {
  readonly schemaId: number;
  /** A view of the record's bytes, not a copy. */
  readonly payload: Uint8Array;
}

export const FRAME_BYTES = 5;
const MAX_ID = 0xffff_ffff;
/** Registries count ids as Java ints: a frame may hold more, and no registry has ever given it. */
export const LARGEST_GIVEN_ID = 0x7fff_ffff;

/** @throws Error for what four bytes cannot hold, and for 0: the id comes from a registry, so this is a bug */
export function checkSchemaId(schemaId: number): number {
  if (Number.isInteger(schemaId) && schemaId >= 1 && schemaId <= MAX_ID) return schemaId;
  throw new Error(`not a schema id: ${schemaId}`);
}

/** Writes the five bytes before a payload and gives the place behind them. */
export function writeFrameHeader(bytes: Uint8Array, at: number, schemaId: number): number {
  bytes[at] = 0;
  bytes[at + 1] = schemaId >>> 24;
  bytes[at + 2] = schemaId >>> 16;
  bytes[at + 3] = schemaId >>> 8;
  bytes[at + 4] = schemaId;
  return at + FRAME_BYTES;
}

/** The framed value in a new buffer. */
export function frame(schemaId: number, payload: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(FRAME_BYTES + payload.length);
  bytes.set(payload, writeFrameHeader(bytes, 0, checkSchemaId(schemaId)));
  return bytes;
}

/** Null if the value is no frame: shorter than five bytes, another first byte, or id 0. */
export function parseFrame(value: Uint8Array): Framed | null {
  if (value.length < FRAME_BYTES || value[0] !== 0) return null;
  const schemaId = new DataView(value.buffer, value.byteOffset, value.byteLength).getUint32(1);
  return schemaId === 0 ? null : { schemaId, payload: value.subarray(FRAME_BYTES) };
}

/** The schema id of a framed value, or 0, which no registry gives, where `parseFrame` gives null. */
export function schemaIdOf(value: Uint8Array): number {
  return schemaIdAt(value, 0, value.length);
}

/** The same for a value inside other bytes, from `start` to before `end`. */
export function schemaIdAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < FRAME_BYTES || bytes[start] !== 0) return 0;
  const high = ((bytes[start + 1] ?? 0) << 8) | (bytes[start + 2] ?? 0);
  const low = ((bytes[start + 3] ?? 0) << 8) | (bytes[start + 4] ?? 0);
  return high * 0x1_0000 + low;
}
