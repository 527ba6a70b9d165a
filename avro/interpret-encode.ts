import type { ByteSink } from '#avro/byte-sink.ts';
import { defaultOf } from '#avro/field-default.ts';
import { logicalValueOf } from '#avro/logical-value.ts';
import type {
  AvroSchema,
  FixedSchema,
  MapSchema,
  PrimitiveSchema,
  RecordSchema,
  UnionSchema,
} from '#avro/model.ts';
import { isRecord, unionForm } from '#avro/union-form.ts';
import {
  fieldPath,
  isInt,
  isLong,
  isObject,
  isText,
  MAX_RECORD_DEPTH,
  refuseValue,
} from '#avro/value-check.ts';

/**
 * Writes one value in the value form, and checks all of it. This is what encoding means: generated code must write the
 * same bytes, and asks here why a value is refused.
 * @throws ZonerError VALUE_INVALID that names the field and what is needed there, never the value
 */
export function interpretEncode(schema: AvroSchema, value: unknown, sink: ByteSink): void {
  write(schema, value, sink, '', 0);
}

function write(schema: AvroSchema, value: unknown, sink: ByteSink, path: string, depth: number): void {
  switch (schema.type) {
    case 'record':
    case 'error':
      writeRecord(schema, value, sink, path, depth, false);
      return;
    case 'union':
      writeUnion(schema, value, sink, path, depth);
      return;
    case 'array':
      if (!Array.isArray(value)) refuseValue(path, 'an array');
      if (value.length > 0) sink.long(BigInt(value.length));
      // By index, because a hole is no value either.
      for (let index = 0; index < value.length; index += 1)
        write(schema.items, value[index], sink, `${path}[]`, depth);
      sink.byte(0);
      return;
    case 'map':
      writeMap(schema, value, sink, path, depth);
      return;
    case 'enum': {
      const index = schema.symbols.indexOf(value as string);
      if (index < 0) refuseValue(path, `one of ${schema.symbols.join(', ')}`);
      sink.long(BigInt(index));
      return;
    }
    default:
      writeScalar(schema, value, sink, path);
  }
}

function writeScalar(
  schema: PrimitiveSchema | FixedSchema,
  value: unknown,
  sink: ByteSink,
  path: string,
): void {
  const logical = logicalValueOf(schema);
  const base = logical === null ? value : logical.toBase(value, path);
  switch (schema.type) {
    case 'null':
      if (base !== null) refuseValue(path, 'null');
      return;
    case 'boolean':
      if (typeof base !== 'boolean') refuseValue(path, 'a boolean');
      sink.byte(base ? 1 : 0);
      return;
    case 'int':
      if (!isInt(base)) refuseValue(path, 'a 32-bit whole number');
      sink.long(BigInt(base));
      return;
    case 'long':
      if (!isLong(base)) refuseValue(path, 'a 64-bit bigint');
      sink.long(base);
      return;
    case 'float':
      if (!fitsFloat(base)) refuseValue(path, 'a number that 32 bits can hold');
      sink.float(base);
      return;
    case 'double':
      if (typeof base !== 'number') refuseValue(path, 'a number');
      sink.double(base);
      return;
    case 'string':
      if (!isText(base)) refuseValue(path, 'a string of valid Unicode');
      sink.sized(Buffer.from(base));
      return;
    case 'bytes':
      if (!(base instanceof Uint8Array)) refuseValue(path, 'a Uint8Array');
      sink.sized(base);
      return;
    default:
      if (!(base instanceof Uint8Array) || base.length !== schema.size)
        refuseValue(path, `a Uint8Array of ${schema.size} bytes`);
      sink.bytes(base);
  }
}

/** Rounding is what a float does to every number; infinity out of a finite number would be another value. */
function fitsFloat(value: unknown): value is number {
  return typeof value === 'number' && (Number.isFinite(Math.fround(value)) || !Number.isFinite(value));
}

function writeMap(schema: MapSchema, value: unknown, sink: ByteSink, path: string, depth: number): void {
  if (!isObject(value)) refuseValue(path, 'an object');
  const keys = Object.keys(value);
  if (keys.length > 0) sink.long(BigInt(keys.length));
  for (const key of keys) {
    if (!isText(key) || key === '__proto__')
      refuseValue(path, 'a map key of valid Unicode other than __proto__');
    sink.sized(Buffer.from(key));
    write(schema.values, value[key], sink, `${path}{}`, depth);
  }
  sink.byte(0);
}

/** `tagged`: the value is one of a union of records, so it also has `kind`. */
function writeRecord(
  schema: RecordSchema,
  value: unknown,
  sink: ByteSink,
  path: string,
  depth: number,
  tagged: boolean,
): void {
  if (depth >= MAX_RECORD_DEPTH) refuseValue(schema.name, `nesting of at most ${MAX_RECORD_DEPTH} records`);
  if (!isObject(value)) refuseValue(path, `an object (${schema.name})`);
  let taken = tagged ? 1 : 0;
  for (const field of schema.fields) {
    const { name } = field;
    const at = fieldPath(path, name);
    const isOwn = Object.hasOwn(value, name);
    const given = isOwn ? value[name] : undefined;
    if (isOwn) taken += 1;
    const missing = given === undefined ? defaultOf(field) : null;
    write(field.schema, missing === null ? given : missing(at), sink, at, depth + 1);
  }
  const keys = Object.keys(value);
  if (keys.length === taken) return;
  const unknown = keys.filter(
    (key) => !schema.fields.some(({ name }) => name === key) && !(tagged && key === 'kind'),
  );
  refuseValue(path, `no property besides the fields of ${schema.name} (${unknown.join(', ')} is none)`);
}

function writeUnion(schema: UnionSchema, value: unknown, sink: ByteSink, path: string, depth: number): void {
  const { branches } = schema;
  const union = unionForm(schema);
  if (union.form === 'plain') {
    const branch = (value === null && union.nullable) || union.branch === null ? null : union.branch;
    const index = branches.findIndex((each) => (branch === null ? each.type === 'null' : each === branch));
    if (index < 0) refuseValue(path, 'null');
    sink.long(BigInt(index));
    if (branch === null && value !== null) refuseValue(path, 'null');
    if (branch !== null) write(branch, value, sink, path, depth);
    return;
  }
  if (value === null && union.nullable) {
    sink.long(BigInt(branches.findIndex(({ type }) => type === 'null')));
    return;
  }
  const kind = isObject(value) && Object.hasOwn(value, 'kind') ? value.kind : undefined;
  const branch = typeof kind === 'string' ? union.kinds.get(kind) : undefined;
  const inside = union.form === 'records' ? '…' : 'value';
  const needed = `{ kind, ${inside} }, kind one of ${[...union.kinds.keys()].join(', ')},`;
  if (!isObject(value) || branch === undefined) refuseValue(path, needed);
  const index = BigInt(branches.indexOf(branch));
  if (isRecord(branch) && union.form === 'records') {
    sink.long(index);
    writeRecord(branch, value, sink, path, depth, true);
    return;
  }
  if (Object.keys(value).length !== 2 || !Object.hasOwn(value, 'value')) refuseValue(path, needed);
  sink.long(index);
  write(branch, value.value, sink, path, depth);
}
