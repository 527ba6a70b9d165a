import type { AvroSchema, RecordSchema, UnionSchema } from '#avro/model.ts';

/**
 * How the values of a union look (one form for the codec, the TypeScript types, the JSON form and the rows):
 * - `plain`: at most one branch besides null, so the value is that branch's, or null;
 * - `records`: all branches besides null are records, so the value is the record with `kind`, its short name;
 * - `tagged`: anything else, so the value is `{ kind, value }`.
 */
export type UnionForm =
  | { readonly form: 'plain'; readonly nullable: boolean; readonly branch: AvroSchema | null }
  | {
      readonly form: 'records';
      readonly nullable: boolean;
      readonly kinds: ReadonlyMap<string, RecordSchema>;
    }
  | { readonly form: 'tagged'; readonly nullable: boolean; readonly kinds: ReadonlyMap<string, AvroSchema> };

export function unionForm({ branches }: UnionSchema): UnionForm {
  const others = branches.filter(({ type }) => type !== 'null');
  const nullable = others.length < branches.length;
  if (others.length < 2) return { form: 'plain', nullable, branch: others[0] ?? null };
  const records = others.filter(isRecord);
  if (records.length === others.length) {
    return { form: 'records', nullable, kinds: new Map(records.map((record) => [record.name, record])) };
  }
  return { form: 'tagged', nullable, kinds: new Map(others.map((branch) => [kindOf(branch), branch])) };
}

/** The short name of a named type, otherwise the name of the type. */
export function kindOf(branch: AvroSchema): string {
  return 'fullName' in branch ? branch.name : branch.type;
}

export function isRecord(schema: AvroSchema): schema is RecordSchema {
  return schema.type === 'record' || schema.type === 'error';
}
