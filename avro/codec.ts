import { type Decoder, makeDecoder } from '#avro/decoder.ts';
import { type CodecMode, type Encoder, makeEncoder } from '#avro/encoder.ts';
import { GeneratedCode } from '#avro/generated-code.ts';
import type { AvroSchema } from '#avro/model.ts';
import { neverReadable } from '#avro/never-readable.ts';
import { resolve } from '#avro/resolve.ts';
import { changedMeaning } from '#avro/same-meaning.ts';
import { ZonerError } from '#core/errors.ts';

export type { Decoder } from '#avro/decoder.ts';
export type { CodecMode, EncodedBatch, Encoder } from '#avro/encoder.ts';

/** Whether this process may make functions of text: where it may not, every codec is interpreted, which is slower. */
export function codecMode(): CodecMode {
  return new GeneratedCode().compile('undefined') === null ? 'interpreted' : 'generated';
}

/** Makes functions for the schema once: worth it from the second value on. */
export function compileEncoder(schema: AvroSchema): Encoder {
  return makeEncoder(schema);
}

/**
 * Reads what was written with `writer` as `reader`. A reader with few fields passes over the others without making
 * their values.
 * @throws ZonerError WRITER_INCOMPATIBLE if no value of the pair could ever be read, or values would change their meaning
 */
export function compileDecoder(writer: AvroSchema, reader: AvroSchema): Decoder {
  const plan = resolve(writer, reader);
  const never = changedMeaning(writer, reader) ?? neverReadable(plan);
  if (never !== null) throw new ZonerError('WRITER_INCOMPATIBLE', never);
  return makeDecoder(plan);
}
