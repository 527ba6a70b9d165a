import type { AvroSchema, Field, NamedSchema, RecordSchema } from '#avro/model.ts';
import { isRecord } from '#avro/union-form.ts';

/** A schema where it is used or, for a named type, where it is used first. */
export interface Site {
  readonly schema: AvroSchema;
  /** `Meal` for a named type, `Meal.calories` for what a field holds at any depth. */
  readonly at: string;
}

/** A field and the record that has it. */
export interface FieldSite {
  readonly record: RecordSchema;
  readonly field: Field;
  readonly at: string;
}

export interface Walk {
  /** Every schema, in order of first use; named types once. */
  readonly sites: readonly Site[];
  readonly fields: readonly FieldSite[];
  readonly named: readonly NamedSchema[];
}

/** Everything that a root uses. */
export function walk(root: AvroSchema): Walk {
  const sites: Site[] = [];
  const fields: FieldSite[] = [];
  const named = new Set<NamedSchema>();
  const visit = (schema: AvroSchema, around: string): void => {
    if ('fullName' in schema) {
      if (named.has(schema)) return;
      named.add(schema);
    }
    const at = 'fullName' in schema ? schema.name : around;
    sites.push({ schema, at });
    if (schema.type === 'array') visit(schema.items, at);
    if (schema.type === 'map') visit(schema.values, at);
    if (schema.type === 'union') for (const branch of schema.branches) visit(branch, at);
    if (!isRecord(schema)) return;
    for (const field of schema.fields) {
      const place = `${schema.name}.${field.name}`;
      fields.push({ record: schema, field, at: place });
      visit(field.schema, place);
    }
  };
  visit(root, 'fullName' in root ? root.name : root.type);
  return { sites, fields, named: [...named] };
}
