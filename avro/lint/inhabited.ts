import type { AvroSchema, RecordSchema } from '#avro/model.ts';
import { isRecord } from '#avro/union-form.ts';

/**
 * The records of which a finite value exists, as the least fixed point: a record has one if all of its fields do, a
 * union if one of its branches does; an array or a map can be empty.
 */
export function finiteRecords(records: readonly RecordSchema[]): ReadonlySet<RecordSchema> {
  const finite = new Set<RecordSchema>();
  for (let grown = true; grown; ) {
    const more = records.filter(
      (record) => !finite.has(record) && record.fields.every(({ schema }) => hasValue(schema, finite)),
    );
    for (const record of more) finite.add(record);
    grown = more.length > 0;
  }
  return finite;
}

/** An enum without symbols is another rule's matter, and counts as having a value here. */
function hasValue(schema: AvroSchema, finite: ReadonlySet<RecordSchema>): boolean {
  if (isRecord(schema)) return finite.has(schema);
  if (schema.type === 'union' && schema.branches.length > 0)
    return schema.branches.some((branch) => hasValue(branch, finite));
  return true;
}

/** True if every value of a schema takes no bytes at all. */
export function isZeroWidth(schema: AvroSchema, open: ReadonlySet<AvroSchema> = new Set()): boolean {
  if (schema.type === 'null') return true;
  if (schema.type === 'fixed') return schema.size === 0;
  if (!isRecord(schema) || open.has(schema)) return false;
  const inside = new Set(open).add(schema);
  return schema.fields.every((field) => isZeroWidth(field.schema, inside));
}
