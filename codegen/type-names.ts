import type { AvroSchema, NamedSchema, RecordSchema } from '#avro/model.ts';
import { isRecord, unionForm } from '#avro/union-form.ts';

/** How a named type is used: as it is, or as a branch of a union of records, where it has `kind`. */
export type Use = 'plain' | 'branch';

export interface NamedUse {
  readonly schema: NamedSchema;
  readonly use: Use;
}

/** Every named type that a root uses, in order of first use, each way that it is used. */
export function namedUses(root: RecordSchema): readonly NamedUse[] {
  const found = new Map<string, NamedUse>();
  const visit = (schema: AvroSchema, use: Use): void => {
    if ('fullName' in schema) {
      const key = `${use} ${schema.fullName}`;
      if (found.has(key)) return;
      found.set(key, { schema, use });
    }
    if (isRecord(schema)) for (const field of schema.fields) visit(field.schema, 'plain');
    if (schema.type === 'array') visit(schema.items, 'plain');
    if (schema.type === 'map') visit(schema.values, 'plain');
    if (schema.type !== 'union') return;
    const { form } = unionForm(schema);
    for (const branch of schema.branches) visit(branch, form === 'records' ? 'branch' : 'plain');
  };
  visit(root, 'plain');
  return [...found.values()];
}

export type TypeNames = (schema: NamedSchema, use: Use) => string;

/**
 * The TypeScript name of each named type: its short name, or the whole name in PascalCase where two share a short one.
 * A record that is used both ways is `Tagged…` as a branch. Names do not depend on the order of fields.
 */
export function typeNames(uses: readonly NamedUse[]): TypeNames {
  const fullNames = new Map<string, Set<string>>();
  for (const { schema } of uses) {
    fullNames.set(schema.name, (fullNames.get(schema.name) ?? new Set()).add(schema.fullName));
  }
  const both = new Set(
    uses
      .filter(
        ({ schema, use }) =>
          use === 'branch' && uses.some((each) => each.schema === schema && each.use === 'plain'),
      )
      .map(({ schema }) => schema),
  );
  return (schema, use) => {
    const unique = (fullNames.get(schema.name)?.size ?? 0) < 2;
    const base = pascalCase(unique ? schema.name : schema.fullName);
    return use === 'branch' && both.has(schema) ? `Tagged${base}` : base;
  };
}

function pascalCase(name: string): string {
  return name
    .split(/[^\p{L}\p{Nd}]+/u)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('');
}
