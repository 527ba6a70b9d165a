import { PROMOTION } from '#avro/avsc-promotion.ts';
import type { AvroSchema, Field, NamedSchema, UnionSchema } from '#avro/model.ts';

/** avsc knows letters of ASCII only, and would make a prototype of a field of this name. */
const SAFE = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/;

/** Stands for the null namespace, because avsc takes a plain name inside a namespace for one of that namespace. */
export const NO_NAMESPACE = 'zoner_no_namespace';

/** A field, a symbol or a part of a name as avsc gets it: unchanged, unless avsc would refuse or misread it. */
export function avscName(name: string): string {
  if (SAFE.test(name)) return name;
  return name.replace(/[^A-Za-z0-9]/gu, (char) => `_u${char.codePointAt(0)?.toString(16)}_`);
}

export function avscFullName(fullName: string): string {
  const parts = fullName.split('.').map(avscName);
  return (parts.length === 1 ? [NO_NAMESPACE, ...parts] : parts).join('.');
}

/** The branch that says that the writer does not have a field. No other schema has a type of this name. */
export const MISSING = `${NO_NAMESPACE}.zoner_missing`;
const MISSING_TYPE = { type: 'fixed', name: MISSING, size: 1 };

/**
 * `writer` writes and reads its own bytes. `reader` reads what another schema wrote: there, a field with a default is a
 * union whose first branch is `MISSING`, which avsc takes where the writer does not have the field.
 */
export type AvscRole = 'writer' | 'reader';

/**
 * What avsc needs to know of a schema: shapes and names. Logical types, attributes and the defaults of fields stay
 * out: they are Zoner's own work, since avsc rounds longs, refuses defaults that Avro 1.12 allows, and reads `name` on
 * an array as the array's name.
 */
export function avscSchema(schema: AvroSchema, role: AvscRole): unknown {
  return describe(schema, role, new Set());
}

/** `defined` holds the full names, as avsc knows them, that the text before this has defined, `siblings` the types in the union around. */
function describe(
  schema: AvroSchema,
  role: AvscRole,
  defined: Set<string>,
  siblings: readonly string[] = [],
): unknown {
  switch (schema.type) {
    case 'union':
      return describeUnion(schema, role, defined);
    case 'array':
      return { type: 'array', items: describe(schema.items, role, defined) };
    case 'map':
      return { type: 'map', values: describe(schema.values, role, defined) };
    case 'record':
    case 'error':
    case 'enum':
    case 'fixed':
      return describeNamed(schema, role, defined);
    case 'float':
    case 'double':
    case 'string':
    case 'bytes':
      return role === 'reader' ? { type: schema.type, logicalType: PROMOTION, siblings } : schema.type;
    default:
      return schema.type;
  }
}

function describeUnion({ branches }: UnionSchema, role: AvscRole, defined: Set<string>): unknown {
  const types = branches.map(({ type }) => type);
  // An int has to meet the reader's int before it meets the long that it could become.
  const ordered =
    role === 'reader'
      ? branches.toSorted((a, b) => Number(b.type === 'int') - Number(a.type === 'int'))
      : branches;
  return ordered.map((branch) => describe(branch, role, defined, types));
}

function describeNamed(schema: NamedSchema, role: AvscRole, defined: Set<string>): unknown {
  const name = avscFullName(schema.fullName);
  if (defined.has(name)) return name;
  defined.add(name);
  const common = { name, aliases: schema.aliases.map(avscFullName) };
  if (schema.type === 'fixed') return { type: 'fixed', ...common, size: schema.size };
  if (schema.type === 'enum') {
    // avsc refuses an enum without symbols; no payload and no value can name the stand-in.
    const symbols = schema.symbols.length === 0 ? [NO_NAMESPACE] : schema.symbols.map(avscName);
    const given = schema.default === null ? {} : { default: avscName(schema.default) };
    return { type: 'enum', ...common, symbols, ...given };
  }
  return {
    type: 'record',
    ...common,
    fields: schema.fields.map((field) => describeField(field, role, defined)),
  };
}

function describeField(field: Field, role: AvscRole, defined: Set<string>): unknown {
  const common = { name: avscName(field.name), aliases: field.aliases.map(avscName) };
  if (role === 'writer' || field.default === undefined)
    return { ...common, type: describe(field.schema, role, defined) };
  const marker = defined.has(MISSING) ? MISSING : MISSING_TYPE;
  defined.add(MISSING);
  const type = describe(field.schema, role, defined);
  return { ...common, type: [marker, ...(Array.isArray(type) ? type : [type])], default: '\u0000' };
}
