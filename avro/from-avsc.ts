import { type AvscRole, avscName, MISSING } from '#avro/avsc-schema.ts';
import { defaultOf } from '#avro/field-default.ts';
import { logicalValue } from '#avro/logical-value.ts';
import type { AvroSchema, Field, RecordSchema, UnionSchema } from '#avro/model.ts';
import { branchKey } from '#avro/to-avsc.ts';
import { unionForm } from '#avro/union-form.ts';
import { fieldPath } from '#avro/value-check.ts';

/** Turns what avsc has read into the value form. @throws ZonerError VALUE_INVALID */
export type FromAvsc = (base: unknown, path: string) => unknown;

type Wrapped = Readonly<Record<string, unknown>>;

/** What the parts of one translation share. */
interface Shared {
  readonly role: AvscRole;
  /** The records that are compiled or under way, so that recursion ends. */
  readonly made: Map<AvroSchema, FromAvsc>;
}

/** Compiles the translation from what avsc reads in this role. */
export function compileFromAvsc(schema: AvroSchema, role: AvscRole): FromAvsc {
  return compile(schema, { role, made: new Map() });
}

function compile(schema: AvroSchema, shared: Shared): FromAvsc {
  const known = shared.made.get(schema);
  if (known !== undefined) return known;
  switch (schema.type) {
    case 'record':
    case 'error':
      return compileRecord(schema, shared);
    case 'union':
      return compileUnion(schema, shared);
    case 'array': {
      const item = compile(schema.items, shared);
      return (base, path) => (base as readonly unknown[]).map((each) => item(each, `${path}[]`));
    }
    case 'map': {
      const inner = compile(schema.values, shared);
      return (base, path) => {
        const map: Record<string, unknown> = Object.create(null);
        for (const [key, each] of Object.entries(base as Wrapped)) map[key] = inner(each, `${path}{}`);
        return map;
      };
    }
    case 'enum': {
      const symbols = new Map(schema.symbols.map((symbol) => [avscName(symbol), symbol]));
      return (base) => symbols.get(base as string);
    }
    default:
      if (schema.logicalType !== null) return logicalValue(schema, schema.logicalType).fromBase;
      return (base) => base;
  }
}

interface FieldFromAvsc {
  readonly name: string;
  readonly key: string;
  readonly convert: FromAvsc;
}

function compileRecord(schema: RecordSchema, shared: Shared): FromAvsc {
  const fields: FieldFromAvsc[] = [];
  const convert: FromAvsc = (base, path) => {
    const value: Record<string, unknown> = {};
    for (const { name, key, convert: convertField } of fields) {
      const converted = convertField((base as Wrapped)[key], fieldPath(path, name));
      if (name === '__proto__') Object.defineProperty(value, name, { value: converted, enumerable: true });
      else value[name] = converted;
    }
    return value;
  };
  shared.made.set(schema, convert);
  for (const field of schema.fields)
    fields.push({ name: field.name, key: avscName(field.name), convert: compileField(field, shared) });
  return convert;
}

/** In the reader's role, a field with a default is a union with `MISSING` (see `avsc-schema.ts`). */
function compileField(field: Field, shared: Shared): FromAvsc {
  const convert = compile(field.schema, shared);
  const missing = defaultOf(field);
  if (shared.role === 'writer' || missing === null) return convert;
  const unwrap = field.schema.type === 'union' ? null : branchKey(field.schema);
  return (base, path) => {
    if (base === null) return convert(base, path);
    if (Object.hasOwn(base as Wrapped, MISSING)) return missing(path);
    return convert(unwrap === null ? base : (base as Wrapped)[unwrap], path);
  };
}

function compileUnion(schema: UnionSchema, shared: Shared): FromAvsc {
  const union = unionForm(schema);
  if (union.form === 'plain') {
    const { branch } = union;
    if (branch === null) return () => null;
    const inner = compile(branch, shared);
    const key = branchKey(branch);
    return (base, path) => (base === null ? null : inner((base as Wrapped)[key], path));
  }
  const branches = new Map(
    [...union.kinds].map(([kind, branch]) => [branchKey(branch), { kind, inner: compile(branch, shared) }]),
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
