import type { Field, NamedSchema, RecordSchema } from '#avro/model.ts';

/*
 * A reader's type or field is known under its name and its aliases (Avro 1.12, "Aliases").
 */

/** The same short name, or one that the reader lists: an alias counts with its namespace. */
export function sharesName(writer: NamedSchema, reader: NamedSchema): boolean {
  return writer.name === reader.name || reader.aliases.includes(writer.fullName);
}

export function sharesFullName(writer: NamedSchema, reader: NamedSchema): boolean {
  return writer.fullName === reader.fullName || reader.aliases.includes(writer.fullName);
}

/**
 * Where each field of the reader comes from: the writer's field of the same name, or of the first alias that the writer
 * has, or null. Aliases of fields count only between records that share their full name, as in Avro Java.
 */
export function sourcesOf(writer: RecordSchema, reader: RecordSchema): readonly (Field | null)[] {
  if (writer === reader) return reader.fields;
  const byName = new Map(writer.fields.map((each) => [each.name, each]));
  const aliasesCount = sharesFullName(writer, reader);
  return reader.fields.map(({ name, aliases }) => {
    const known = [name, ...(aliasesCount ? aliases : [])].find((each) => byName.has(each));
    return byName.get(known ?? '') ?? null;
  });
}
