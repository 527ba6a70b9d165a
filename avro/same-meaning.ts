import type { AvroSchema, LogicalType, RecordSchema } from '#avro/model.ts';
import { shortName } from '#avro/names.ts';
import { PROMOTIONS } from '#avro/resolve.ts';
import { isRecord } from '#avro/union-form.ts';
import { fieldPath } from '#avro/value-check.ts';

/**
 * Avro resolves by base types alone: a decimal of another scale, or microseconds read as milliseconds, would come out
 * as another value without an error. This finds the first place where that would happen, or null.
 */
export function changedMeaning(writer: AvroSchema, reader: AvroSchema): string | null {
  return compare(writer, reader, '', new Map());
}

/** The pairs of records that are compared or under way: by reader, its writers. */
type Seen = Map<RecordSchema, Set<RecordSchema>>;

function compare(writer: AvroSchema, reader: AvroSchema, path: string, seen: Seen): string | null {
  if (writer === reader) return null;
  if (writer.type === 'union' || reader.type === 'union') {
    const writers = writer.type === 'union' ? writer.branches : [writer];
    const readers = reader.type === 'union' ? reader.branches : [reader];
    for (const branch of writers) {
      const match =
        readers.find((each) => isSame(branch, each)) ?? readers.find((each) => canBecome(branch, each));
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

function compareRecords(writer: RecordSchema, reader: RecordSchema, path: string, seen: Seen): string | null {
  const writers = seen.get(reader) ?? new Set();
  if (writers.has(writer)) return null;
  seen.set(reader, writers.add(writer));
  for (const field of reader.fields) {
    const match = writer.fields.find(({ name }) => name === field.name || field.aliases.includes(name));
    const changed =
      match === undefined ? null : compare(match.schema, field.schema, fieldPath(path, field.name), seen);
    if (changed !== null) return changed;
  }
  return null;
}

/** A value goes to the reader's branch of its own type; only if there is none, to the first that it can become. */
function isSame(writer: AvroSchema, reader: AvroSchema): boolean {
  if ('fullName' in writer && 'fullName' in reader) {
    const names = [reader.fullName, ...reader.aliases].map(shortName);
    return isRecord(writer) === isRecord(reader) && names.includes(writer.name);
  }
  return writer.type === reader.type;
}

function canBecome(writer: AvroSchema, reader: AvroSchema): boolean {
  return PROMOTIONS[writer.type]?.includes(reader.type) === true;
}

/** What a plain value counts. Precision limits a decimal and a UUID is a string, so neither changes the value. */
function meaningOf(schema: AvroSchema): string {
  const logical: LogicalType | null = 'logicalType' in schema ? schema.logicalType : null;
  if (logical === null || logical.name === 'uuid') return 'a plain value';
  return logical.name === 'decimal' ? `decimal of scale ${logical.scale}` : logical.name;
}
