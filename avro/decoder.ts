import type { CodecMode } from '#avro/encoder.ts';
import { type GeneratedDecoder, generateDecoder } from '#avro/generate-decoder.ts';
import { interpretDecode } from '#avro/interpret-decode.ts';
import { PayloadCursor } from '#avro/payload-cursor.ts';
import type { Plan } from '#avro/plan.ts';

export interface Decoder {
  readonly mode: CodecMode;
  /** Roughly the memory that it keeps, in bytes. */
  readonly weight: number;
  /**
   * The value of a payload, in the value form of the reader schema. Resolution goes value by value.
   * @throws ZonerError UNDECODABLE for bytes that are not what the writer schema says, VALUE_INVALID for a value that a
   * logical type does not allow, WRITER_INCOMPATIBLE for a value that the reader has no place for, such as a symbol
   * that only the writer has; never anything else, and never with a value in its text
   */
  decode(payload: Uint8Array): unknown;
  /** The same for a payload inside other bytes, from `start` to before `end`, without a view of its own. */
  decodeAt(bytes: Uint8Array, start: number, end: number): unknown;
}

/** The decoder of a plan; `mode` forces one, for tests and comparisons. */
export function makeDecoder(plan: Plan, mode: CodecMode = 'generated'): Decoder {
  const generated = mode === 'generated' ? generateDecoder(plan) : null;
  const slow = (bytes: Buffer, start: number, end: number): unknown =>
    interpretDecode(plan, new PayloadCursor(bytes, start, end));
  return generated === null
    ? decoderOf('interpreted', slow, 2048)
    : decoderOf('generated', guarded(generated.run, slow), generated.weight);
}

/**
 * Whatever the generated function throws, the interpreter repeats the payload: it knows the path and the words of a
 * refusal, and takes the rare forms that the function leaves to it.
 */
function guarded(run: GeneratedDecoder, slow: GeneratedDecoder): GeneratedDecoder {
  return (bytes, start, end) => {
    try {
      return run(bytes, start, end);
    } catch {
      return slow(bytes, start, end);
    }
  };
}

function decoderOf(mode: CodecMode, run: GeneratedDecoder, weight: number): Decoder {
  return {
    mode,
    weight,
    decode: (payload) => run(asBuffer(payload), 0, payload.length),
    decodeAt: (bytes, start, end) => run(asBuffer(bytes), start, Math.min(end, bytes.length)),
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
