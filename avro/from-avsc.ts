import { logicalValue } from '#avro/logical-value.ts';
import type { AvroSchema, RecordSchema, UnionSchema } from '#avro/model.ts';
import { branchKey } from '#avro/to-avsc.ts';
import { unionForm } from '#avro/union-form.ts';
import { fieldPath } from '#avro/value-check.ts';

/** Turns what avsc has read into the value form. @throws ZonerError VALUE_INVALID */
export type FromAvsc = (base: unknown, path: string) => unknown;

type Wrapped = Readonly<Record<string, unknown>>;

/** Compiles the translation once; `made` holds the records that are under way, so that recursion ends. */
export function compileFromAvsc(schema: AvroSchema, made: Map<AvroSchema, FromAvsc> = new Map()): FromAvsc {
  const known = made.get(schema);
  if (known !== undefined) return known;
  switch (schema.type) {
    case 'record':
    case 'error':
      return compileRecord(schema, made);
    case 'union':
      return compileUnion(schema, made);
    case 'array': {
      const item = compileFromAvsc(schema.items, made);
      return (base, path) => (base as readonly unknown[]).map((each) => item(each, `${path}[]`));
    }
    case 'map': {
      const inner = compileFromAvsc(schema.values, made);
      return (base, path) => {
        const map: Record<string, unknown> = Object.create(null);
        for (const [key, each] of Object.entries(base as Wrapped)) map[key] = inner(each, `${path}{}`);
        return map;
      };
    }
    default:
      if ('logicalType' in schema && schema.logicalType !== null)
        return logicalValue(schema, schema.logicalType).fromBase;
      return (base) => base;
  }
}

function compileRecord(schema: RecordSchema, made: Map<AvroSchema, FromAvsc>): FromAvsc {
  const fields: { readonly name: string; readonly convert: FromAvsc }[] = [];
  const convert: FromAvsc = (base, path) => {
    const value: Record<string, unknown> = {};
    for (const { name, convert: convertField } of fields) {
      value[name] = convertField((base as Wrapped)[name], fieldPath(path, name));
    }
    return value;
  };
  made.set(schema, convert);
  for (const { name, schema: inner } of schema.fields)
    fields.push({ name, convert: compileFromAvsc(inner, made) });
  return convert;
}

function compileUnion(schema: UnionSchema, made: Map<AvroSchema, FromAvsc>): FromAvsc {
  const union = unionForm(schema);
  if (union.form === 'plain') {
    const { branch } = union;
    if (branch === null) return () => null;
    const inner = compileFromAvsc(branch, made);
    const key = branchKey(branch);
    return (base, path) => (base === null ? null : inner((base as Wrapped)[key], path));
  }
  const branches = new Map(
    [...union.kinds].map(([kind, branch]) => [
      branchKey(branch),
      { kind, inner: compileFromAvsc(branch, made) },
    ]),
  );
  return (base, path) => {
    if (base === null) return null;
    const [key = ''] = Object.keys(base as Wrapped);
    const branch = branches.get(key);
    if (branch === undefined) throw new Error(`avsc gave a branch that the union does not have: ${key}`);
    const value = branch.inner((base as Wrapped)[key], path);
    if (union.form === 'tagged') return { kind: branch.kind, value };
    return { kind: branch.kind, ...(value as Record<string, unknown>) };
  };
}
