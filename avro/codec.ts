import type avsc from 'avsc';
import { type AvscRole, NO_NAMESPACE } from '#avro/avsc-schema.ts';
import { avscType } from '#avro/avsc-type.ts';
import { compileFromAvsc } from '#avro/from-avsc.ts';
import type { AvroSchema } from '#avro/model.ts';
import { scanPayload } from '#avro/payload-scan.ts';
import { changedMeaning } from '#avro/same-meaning.ts';
import { schemaText } from '#avro/schema-text.ts';
import { compileToAvsc } from '#avro/to-avsc.ts';
import { isZonerError, messageOf, ZonerError } from '#core/errors.ts';

export interface Encoder {
  /**
   * The Avro payload of a value in Zoner's value form.
   * @throws ZonerError VALUE_INVALID that names the field and what is needed there, never the value
   */
  encode(value: unknown): Uint8Array;
}

export interface Decoder {
  /**
   * The value of a payload, in the value form of the reader schema.
   * @throws ZonerError UNDECODABLE for bytes that are not what the writer schema says, VALUE_INVALID for a value that a
   * logical type does not allow; never anything else, and never with a value in its text
   */
  decode(payload: Uint8Array): unknown;
}

/** avsc's types, as long as the model lives: the schema store bounds how many models there are. */
const types = {
  writer: new WeakMap<AvroSchema, avsc.Type>(),
  reader: new WeakMap<AvroSchema, avsc.Type>(),
};

function typeOf(schema: AvroSchema, role: AvscRole): avsc.Type {
  const known = types[role].get(schema);
  if (known !== undefined) return known;
  const made = avscType(schema, role);
  types[role].set(schema, made);
  return made;
}

/** @throws ZonerError SCHEMA_INVALID if avsc cannot work with the schema */
export function compileEncoder(schema: AvroSchema): Encoder {
  const type = ownType(schema, 'writer');
  const toAvsc = compileToAvsc(schema);
  return { encode: (value) => type.toBuffer(toAvsc(value, '')) };
}

/** The type of a schema of our own: what is wrong with it is no fault of a record. */
function ownType(schema: AvroSchema, role: AvscRole): avsc.Type {
  try {
    return typeOf(schema, role);
  } catch (error) {
    throw new ZonerError('SCHEMA_INVALID', `avsc refuses the schema: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return messageOf(error).replaceAll(`${NO_NAMESPACE}.`, '');
}

/**
 * Reads what was written with `writer` as `reader` (Avro's schema resolution, names without their namespaces).
 * @throws ZonerError WRITER_INCOMPATIBLE if the pair can never work, or would change what values mean;
 * SCHEMA_INVALID if avsc cannot work with the reader schema
 */
export function compileDecoder(writer: AvroSchema, reader: AvroSchema): Decoder {
  const changed = changedMeaning(writer, reader);
  if (changed !== null) throw new ZonerError('WRITER_INCOMPATIBLE', changed);
  const { type, resolver } = resolve(writer, reader);
  const fromAvsc = compileFromAvsc(reader, resolver === undefined ? 'writer' : 'reader');
  return {
    decode(payload) {
      scanPayload(writer, payload);
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
      try {
        return fromAvsc(
          resolver === undefined ? type.fromBuffer(bytes) : type.fromBuffer(bytes, resolver),
          '',
        );
      } catch (error) {
        if (isZonerError(error)) throw error;
        // avsc's messages hold values, so they go no further.
        throw new ZonerError('UNDECODABLE', 'the bytes do not resolve to the reader schema');
      }
    },
  };
}

function resolve(
  writer: AvroSchema,
  reader: AvroSchema,
): { type: avsc.Type; resolver: avsc.Resolver | undefined } {
  if (schemaText(writer) === schemaText(reader))
    return { type: ownType(reader, 'writer'), resolver: undefined };
  const type = ownType(reader, 'reader');
  try {
    // Avro compares names without their namespaces; avsc does so only when asked, with an option its types do not know.
    const options = { ignoreNamespaces: true } as object;
    const createResolver = type.createResolver as (
      this: avsc.Type,
      writer: avsc.Type,
      given: object,
    ) => avsc.Resolver;
    return { type, resolver: createResolver.call(type, typeOf(writer, 'writer'), options) };
  } catch (error) {
    throw new ZonerError('WRITER_INCOMPATIBLE', `the writer schema cannot be read: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
