import { ByteSink } from '#avro/byte-sink.ts';
import { FULL } from '#avro/encode-runtime.ts';
import { checkSchemaId, FRAME_BYTES, writeFrameHeader } from '#avro/frame.ts';
import { type GeneratedEncoder, generateEncoder } from '#avro/generate-encoder.ts';
import { interpretEncode } from '#avro/interpret-encode.ts';
import type { AvroSchema } from '#avro/model.ts';

/** How a codec works: by functions that were generated for its schemas, or, where code may not be generated, without. */
export type CodecMode = 'generated' | 'interpreted';

/** Framed values, one behind the other. */
export interface EncodedBatch {
  readonly bytes: Buffer;
  /** Where each value ends; it begins where the one before ends. */
  readonly ends: readonly number[];
}

export interface Encoder {
  readonly mode: CodecMode;
  /**
   * The Avro payload of a value in Zoner's value form.
   * @throws ZonerError VALUE_INVALID that names the field and what is needed there, never the value
   */
  encode(value: unknown): Buffer;
  /** The payload behind Confluent's five bytes, written in one go. @throws ZonerError VALUE_INVALID, as `encode` */
  encodeFramed(schemaId: number, value: unknown): Buffer;
  /** All values framed in one buffer, or none. @throws ZonerError VALUE_INVALID, as `encode` */
  encodeBatch(schemaId: number, values: readonly unknown[]): EncodedBatch;
}

/** The encoder of a schema; `mode` forces one, for tests and comparisons. */
export function makeEncoder(schema: AvroSchema, mode: CodecMode = 'generated'): Encoder {
  const generated = mode === 'generated' ? generateEncoder(schema) : null;
  const made =
    generated === null
      ? new InterpretedEncoder(schema)
      : new FastEncoder(schema, generated.run, generated.spare);
  // Functions of their own, so that a caller may take one out of the object.
  return {
    mode: made.mode,
    encode: (value) => made.encode(value),
    encodeFramed: (schemaId, value) => made.encodeFramed(schemaId, value),
    encodeBatch: (schemaId, values) => made.encodeBatch(schemaId, values),
  };
}

class InterpretedEncoder implements Encoder {
  readonly mode = 'interpreted';
  readonly #schema: AvroSchema;

  constructor(schema: AvroSchema) {
    this.#schema = schema;
  }

  encode(value: unknown): Buffer {
    const sink = new ByteSink();
    interpretEncode(this.#schema, value, sink);
    return sink.finish();
  }

  encodeFramed(schemaId: number, value: unknown): Buffer {
    const payload = this.encode(value);
    const framed = Buffer.allocUnsafe(FRAME_BYTES + payload.length);
    framed.set(payload, writeFrameHeader(framed, 0, checkSchemaId(schemaId)));
    return framed;
  }

  encodeBatch(schemaId: number, values: readonly unknown[]): EncodedBatch {
    const framed = values.map((value) => this.encodeFramed(schemaId, value));
    const ends: number[] = [];
    for (const { length } of framed) ends.push((ends.at(-1) ?? 0) + length);
    return { bytes: Buffer.concat(framed), ends };
  }
}

/** One slab holds some hundred records of usual size; a record keeps the slab that it is in alive. */
const SLAB_BYTES = 32_768;
/** What takes more than this share of a slab gets a buffer of its own. */
const LARGE = SLAB_BYTES / 4;

/** Slabs that all encoders share, so that a record costs no allocation. Bytes that were handed out are not written again. */
const room = { slab: Buffer.allocUnsafeSlow(SLAB_BYTES), used: 0, busy: false };

/**
 * Runs the generated function. Whatever it throws, the interpreter repeats the value: it knows the path and the words of
 * a refusal, and takes the rare forms that the function leaves to it.
 */
class FastEncoder implements Encoder {
  readonly mode = 'generated';
  readonly #run: GeneratedEncoder;
  readonly #slow: InterpretedEncoder;
  /** Bytes that must be free behind the limit. */
  readonly #spare: number;
  /** What the last values took, and then some. */
  #usual = 256;

  constructor(schema: AvroSchema, run: GeneratedEncoder, spare: number) {
    this.#run = run;
    this.#slow = new InterpretedEncoder(schema);
    this.#spare = spare + FRAME_BYTES;
  }

  encode(value: unknown): Buffer {
    return this.#write(0, value) ?? this.#slow.encode(value);
  }

  encodeFramed(schemaId: number, value: unknown): Buffer {
    return this.#write(checkSchemaId(schemaId), value) ?? this.#slow.encodeFramed(schemaId, value);
  }

  encodeBatch(schemaId: number, values: readonly unknown[]): EncodedBatch {
    checkSchemaId(schemaId);
    const ends: number[] = [];
    let bytes: Buffer = Buffer.allocUnsafeSlow(values.length * this.#usual + this.#spare);
    let end = 0;
    for (const value of values) {
      const start = end;
      try {
        end = this.#put(bytes, start, schemaId, value);
      } catch (error) {
        // Whatever has no room, or was left to the interpreter, takes this way.
        const framed =
          error === FULL ? this.encodeFramed(schemaId, value) : this.#slow.encodeFramed(schemaId, value);
        end = start + framed.length;
        if (end + this.#spare > bytes.length) bytes = enlarged(bytes, start, 2 * end + this.#spare);
        bytes.set(framed, start);
      }
      ends.push(end);
    }
    if (values.length > 0) this.#expect(Math.ceil(end / values.length));
    return { bytes: bytes.subarray(0, end), ends };
  }

  /** Null where the interpreter has to do it, also while another encoder is at work: a getter in a value may encode. */
  #write(schemaId: number, value: unknown): Buffer | null {
    if (room.busy) return null;
    room.busy = true;
    try {
      return this.#usual > LARGE ? this.#alone(schemaId, value) : this.#shared(schemaId, value);
    } catch {
      return null;
    } finally {
      room.busy = false;
    }
  }

  #shared(schemaId: number, value: unknown): Buffer {
    if (room.slab.length - room.used < this.#usual + this.#spare) {
      room.slab = Buffer.allocUnsafeSlow(SLAB_BYTES + this.#spare);
      room.used = 0;
    }
    const { slab, used: start } = room;
    try {
      const end = this.#put(slab, start, schemaId, value);
      room.used = end;
      this.#expect(end - start);
      return slab.subarray(start, end);
    } catch (error) {
      if (error !== FULL) throw error;
      return this.#alone(schemaId, value);
    }
  }

  #alone(schemaId: number, value: unknown): Buffer {
    for (let size = Math.max(this.#usual, LARGE); ; size *= 2) {
      const own = Buffer.allocUnsafeSlow(size + this.#spare);
      try {
        const end = this.#put(own, 0, schemaId, value);
        this.#expect(end);
        return own.subarray(0, end);
      } catch (error) {
        if (error !== FULL) throw error;
      }
    }
  }

  /** Schema id 0, which no registry gives, stands for a payload without a frame. */
  #put(bytes: Buffer, start: number, schemaId: number, value: unknown): number {
    const at = schemaId === 0 ? start : writeFrameHeader(bytes, start, schemaId);
    return this.#run(bytes, at, bytes.length - this.#spare, value);
  }

  /** Follows larger values at once and smaller ones slowly. */
  #expect(size: number): void {
    const wanted = size + (size >> 2) + 64;
    this.#usual = wanted > this.#usual ? wanted : this.#usual - ((this.#usual - wanted) >> 4);
  }
}

function enlarged(bytes: Buffer, used: number, size: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(size);
  larger.set(bytes.subarray(0, used));
  return larger;
}
