import type { AvroSchema, Field, NamedSchema, RecordSchema } from '#avro/model.ts';
import { shortName } from '#avro/names.ts';

/*
 * A reader's type or field is known under its name and its aliases (Avro 1.12, "Aliases").
 */

/** Names of types are compared without their namespaces. */
export function sharesName(writer: NamedSchema, reader: NamedSchema): boolean {
  return [reader.fullName, ...reader.aliases].map(shortName).includes(writer.name);
}

export function sharesFullName(writer: AvroSchema, reader: AvroSchema): boolean {
  if (!('fullName' in writer && 'fullName' in reader)) return false;
  return [reader.fullName, ...reader.aliases].includes(writer.fullName);
}

/** The writer's field of the same name, or of the first alias that the writer has. */
export function sourceOf(field: Field, writer: RecordSchema): Field | null {
  const byName = new Map(writer.fields.map((each) => [each.name, each]));
  for (const name of [field.name, ...field.aliases]) {
    const found = byName.get(name);
    if (found !== undefined) return found;
  }
  return null;
}
