import type { AvroSchema, LogicalType, RecordSchema } from '#avro/model.ts';
import { isRecord } from '#avro/union-form.ts';
import { fieldPath } from '#avro/value-check.ts';

/**
 * Avro resolves by base types alone: a decimal of another scale, or microseconds read as milliseconds, would come out
 * as another value without an error. This finds the first place where that would happen, or null.
 */
export function changedMeaning(writer: AvroSchema, reader: AvroSchema): string | null {
  return compare(writer, reader, '', new Set());
}

function compare(writer: AvroSchema, reader: AvroSchema, path: string, seen: Set<AvroSchema>): string | null {
  if (writer.type === 'union' || reader.type === 'union') {
    const writers = writer.type === 'union' ? writer.branches : [writer];
    const readers = reader.type === 'union' ? reader.branches : [reader];
    for (const branch of writers) {
      const match = readers.find((each) => corresponds(branch, each));
      const changed = match === undefined ? null : compare(branch, match, path, seen);
      if (changed !== null) return changed;
    }
    return null;
  }
  if (writer.type === 'array' && reader.type === 'array')
    return compare(writer.items, reader.items, `${path}[]`, seen);
  if (writer.type === 'map' && reader.type === 'map')
    return compare(writer.values, reader.values, `${path}{}`, seen);
  if (isRecord(writer) && isRecord(reader)) return compareRecords(writer, reader, path, seen);
  const [from, to] = [meaningOf(writer), meaningOf(reader)];
  return from === to ? null : `${path || 'the value'}: written as ${from}, it cannot be read as ${to}`;
}

function compareRecords(
  writer: RecordSchema,
  reader: RecordSchema,
  path: string,
  seen: Set<AvroSchema>,
): string | null {
  if (seen.has(reader)) return null;
  seen.add(reader);
  for (const field of reader.fields) {
    const match = writer.fields.find(({ name }) => name === field.name || field.aliases.includes(name));
    const changed =
      match === undefined ? null : compare(match.schema, field.schema, fieldPath(path, field.name), seen);
    if (changed !== null) return changed;
  }
  return null;
}

/** Branches of two unions that would be read as each other. */
function corresponds(writer: AvroSchema, reader: AvroSchema): boolean {
  if (writer.type !== reader.type) return false;
  return !('fullName' in writer && 'fullName' in reader) || writer.name === reader.name;
}

/** What a plain value counts. Precision limits a decimal and a UUID is a string, so neither changes the value. */
function meaningOf(schema: AvroSchema): string {
  const logical: LogicalType | null = 'logicalType' in schema ? schema.logicalType : null;
  if (logical === null || logical.name === 'uuid') return 'a plain value';
  return logical.name === 'decimal' ? `decimal of scale ${logical.scale}` : logical.name;
}
