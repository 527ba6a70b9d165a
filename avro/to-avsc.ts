import { avscFullName, avscName } from '#avro/avsc-schema.ts';
import { defaultOf } from '#avro/field-default.ts';
import { logicalValue } from '#avro/logical-value.ts';
import type { AvroSchema, RecordSchema, UnionSchema } from '#avro/model.ts';
import { kindOf, unionForm } from '#avro/union-form.ts';
import {
  fieldPath,
  isInt,
  isLong,
  isObject,
  isText,
  MAX_RECORD_DEPTH,
  refuseValue,
} from '#avro/value-check.ts';

/** Checks a value completely and turns it into the form that avsc writes. @throws ZonerError VALUE_INVALID */
export type ToAvsc = (value: unknown, path: string) => unknown;

/** What the parts of one translation share. */
interface Shared {
  /** The records that are compiled or under way, so that recursion ends. */
  readonly made: Map<AvroSchema, ToAvsc>;
  /** How many records are open in the value that is being translated. */
  depth: number;
}

/** Compiles the translation once. */
export function compileToAvsc(schema: AvroSchema, shared: Shared = { made: new Map(), depth: 0 }): ToAvsc {
  const known = shared.made.get(schema);
  if (known !== undefined) return known;
  switch (schema.type) {
    case 'record':
    case 'error':
      return compileRecord(schema, shared);
    case 'union':
      return compileUnion(schema, shared);
    case 'array': {
      const item = compileToAvsc(schema.items, shared);
      return (value, path) =>
        Array.isArray(value)
          ? Array.from(value, (each) => item(each, `${path}[]`))
          : refuseValue(path, 'an array');
    }
    case 'map': {
      const inner = compileToAvsc(schema.values, shared);
      return (value, path) => {
        if (!isObject(value)) return refuseValue(path, 'an object');
        const entries = Object.entries(value).map(([key, each]) => {
          if (!isText(key) || key === '__proto__')
            return refuseValue(path, 'a map key of valid Unicode other than __proto__');
          return [key, inner(each, `${path}{}`)] as const;
        });
        return Object.fromEntries(entries);
      };
    }
    case 'enum': {
      const symbols = new Map<unknown, string>(schema.symbols.map((symbol) => [symbol, avscName(symbol)]));
      const needed = `one of ${schema.symbols.join(', ')}`;
      return (value, path) => symbols.get(value) ?? refuseValue(path, needed);
    }
    default:
      if (schema.logicalType !== null) {
        const { toBase } = logicalValue(schema, schema.logicalType);
        return schema.type === 'string' || schema.type === 'int' || schema.type === 'long'
          ? toBase
          : (value, path) => asBuffer(toBase(value, path));
      }
      if (schema.type === 'fixed') {
        return (value, path) =>
          value instanceof Uint8Array && value.length === schema.size
            ? asBuffer(value)
            : refuseValue(path, `a Uint8Array of ${schema.size} bytes`);
      }
      return PRIMITIVES[schema.type];
  }
}

const PRIMITIVES: Readonly<Record<string, ToAvsc>> &
  Record<'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string', ToAvsc> = {
  null: (value, path) => (value === null ? value : refuseValue(path, 'null')),
  boolean: (value, path) => (typeof value === 'boolean' ? value : refuseValue(path, 'a boolean')),
  int: (value, path) => (isInt(value) ? value : refuseValue(path, 'a 32-bit whole number')),
  long: (value, path) => (isLong(value) ? value : refuseValue(path, 'a 64-bit bigint')),
  float: (value, path) => (fitsFloat(value) ? value : refuseValue(path, 'a number that 32 bits can hold')),
  double: (value, path) => (typeof value === 'number' ? value : refuseValue(path, 'a number')),
  bytes: (value, path) => (value instanceof Uint8Array ? asBuffer(value) : refuseValue(path, 'a Uint8Array')),
  string: (value, path) => (isText(value) ? value : refuseValue(path, 'a string of valid Unicode')),
};

/** Rounding is what a float does to every number; infinity out of a finite number would be another value. */
function fitsFloat(value: unknown): boolean {
  return typeof value === 'number' && (Number.isFinite(Math.fround(value)) || !Number.isFinite(value));
}

/** avsc takes Buffers only. */
function asBuffer(value: unknown): Buffer {
  const bytes = value as Uint8Array;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface FieldToAvsc {
  readonly name: string;
  readonly key: string;
  /** Makes the value of a field that is left out. */
  readonly missing: ReturnType<typeof defaultOf>;
  readonly convert: ToAvsc;
}

function compileRecord(schema: RecordSchema, shared: Shared): ToAvsc {
  const fields: FieldToAvsc[] = [];
  const convertFields = (value: unknown, path: string, tagged: boolean): unknown => {
    if (!isObject(value)) return refuseValue(path, `an object (${schema.name})`);
    const result: Record<string, unknown> = Object.create(null);
    let taken = tagged ? 1 : 0;
    for (const { name, key, missing, convert: convertField } of fields) {
      const at = fieldPath(path, name);
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      if (Object.hasOwn(value, name)) taken += 1;
      result[key] = convertField(given === undefined && missing !== null ? missing(at) : given, at);
    }
    if (Object.keys(value).length !== taken) {
      const unknown = Object.keys(value).filter(
        (key) => !schema.fields.some(({ name }) => name === key) && !(tagged && key === 'kind'),
      );
      return refuseValue(
        path,
        `no property besides the fields of ${schema.name} (${unknown.join(', ')} is none)`,
      );
    }
    return result;
  };
  const convert: typeof convertFields = (value, path, tagged) => {
    if (shared.depth >= MAX_RECORD_DEPTH)
      return refuseValue(schema.name, `nesting of at most ${MAX_RECORD_DEPTH} records`);
    shared.depth += 1;
    try {
      return convertFields(value, path, tagged);
    } finally {
      shared.depth -= 1;
    }
  };
  const untagged: ToAvsc = (value, path) => convert(value, path, false);
  shared.made.set(schema, untagged);
  TAGGED.set(untagged, (value, path) => convert(value, path, true));
  for (const field of schema.fields) {
    const { name } = field;
    const missing = defaultOf(field);
    fields.push({ name, key: avscName(name), missing, convert: compileToAvsc(field.schema, shared) });
  }
  return untagged;
}

/** A record inside a union of records also has `kind`. */
const TAGGED = new WeakMap<ToAvsc, ToAvsc>();

function compileUnion(schema: UnionSchema, shared: Shared): ToAvsc {
  const union = unionForm(schema);
  if (union.form === 'plain') {
    const { branch } = union;
    if (branch === null) return PRIMITIVES.null;
    const inner = compileToAvsc(branch, shared);
    const key = branchKey(branch);
    return (value, path) => (value === null && union.nullable ? null : { [key]: inner(value, path) });
  }
  const kinds = new Map(
    [...union.kinds].map(([kind, branch]) => [
      kind,
      { key: branchKey(branch), inner: compileToAvsc(branch, shared) },
    ]),
  );
  const names = [...kinds.keys()].join(', ');
  const needed =
    union.form === 'records'
      ? `{ kind, … }, kind one of ${names},`
      : `{ kind, value }, kind one of ${names},`;
  return (value, path) => {
    if (value === null && union.nullable) return null;
    const kind = isObject(value) ? kinds.get(String(value.kind)) : undefined;
    if (!isObject(value) || kind === undefined) return refuseValue(path, needed);
    if (union.form === 'records') return { [kind.key]: (TAGGED.get(kind.inner) ?? kind.inner)(value, path) };
    if (Object.keys(value).length !== 2 || !Object.hasOwn(value, 'value')) return refuseValue(path, needed);
    return { [kind.key]: kind.inner(value.value, path) };
  };
}

/** The name under which avsc wraps a branch. */
export function branchKey(branch: AvroSchema): string {
  return 'fullName' in branch ? avscFullName(branch.fullName) : kindOf(branch);
}
