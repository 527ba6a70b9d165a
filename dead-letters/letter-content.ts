import { compileDecoder } from '#avro/codec.ts';
import { FRAME_BYTES, schemaIdOf } from '#avro/frame.ts';
import { type Json, toJson } from '#avro/json-form.ts';
import { isPersonal, MASK, maskPersonal } from '#avro/personal-data.ts';
import { isLetterHeader } from '#consumer/dead-letter.ts';
import type { KafkaRecord, WriterSchema } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { isZonerError } from '#core/errors.ts';

/** What a letter holds, for a person to look at. */
export interface LetterContent {
  /** As text if it is UTF-8, else as hex; null for none. */
  readonly key: string | null;
  /** The record's own, in order. */
  readonly headers: readonly (readonly [name: string, value: string | null])[];
  /** Null for a record without a value. */
  readonly hex: string | null;
  /** How many bytes at the end of the value are not shown. */
  readonly hidden: number;
  /** The value as its own writer meant it, or why that cannot be told. */
  readonly decoded: { readonly value: Json } | { readonly problem: string };
  /** Whether anything was left out because it is about a person. */
  readonly isMasked: boolean;
}

/**
 * A letter's content. Unless `reveal` is set, what schema and contract tag as personal is masked, and so are bytes and
 * headers of which nobody can say what they hold.
 */
export function letterContent(
  record: KafkaRecord,
  contract: Contract,
  writer: WriterSchema | undefined,
  reveal: boolean,
): LetterContent {
  const { value } = record;
  const decoded = value === null ? { problem: 'there is no value' } : decode(value, writer);
  const isKnown = 'value' in decoded && writer?.kind === 'schema';
  const masked = isKnown ? maskPersonal(writer.schema, decoded.value) : null;
  const showsBytes = reveal || masked?.masked === 0 || value === null;
  const shown =
    value === null || showsBytes ? value : value.subarray(0, schemaIdOf(value) === 0 ? 0 : FRAME_BYTES);
  const keyField = contract.root.fields.find(({ name }) => name === contract.key);
  const hidesKey = !reveal && (keyField === undefined || isPersonal(keyField.attributes));
  return {
    key: record.key === null ? null : hidesKey ? MASK : textOf(record.key),
    headers: record.headers
      .filter(([name]) => !isLetterHeader(name))
      .map(([name, bytes]) => [name, bytes === null ? null : reveal ? textOf(bytes) : MASK]),
    hex: shown === null ? null : Buffer.from(shown).toString('hex'),
    hidden: (value?.length ?? 0) - (shown?.length ?? 0),
    decoded: masked === null || reveal ? decoded : { value: masked.json },
    isMasked: !reveal && (hidesKey || !showsBytes || record.headers.some(([name]) => !isLetterHeader(name))),
  };
}

function decode(value: Uint8Array, writer: WriterSchema | undefined): LetterContent['decoded'] {
  if (writer === undefined) return { problem: 'the value has no frame, so that nothing says what wrote it' };
  if (writer.kind === 'unknown') return { problem: 'the registry does not know the schema id' };
  if (writer.kind === 'unreadable') return { problem: writer.reason };
  try {
    const decoder = compileDecoder(writer.schema, writer.schema);
    return { value: toJson(writer.schema, decoder.decodeAt(value, FRAME_BYTES, value.length)) };
  } catch (error) {
    if (!isZonerError(error)) throw error;
    return { problem: error.message };
  }
}

function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8');
  const decoded = text.decode(bytes);
  return decoded.includes('�') ? `0x${Buffer.from(bytes).toString('hex')}` : decoded;
}
