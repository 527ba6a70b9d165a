import { parseIsoDateTime, parseIsoTime, type Unit } from '#avro/date-time.ts';
import { Decimal } from '#avro/decimal.ts';
import { defaultOf } from '#avro/field-default.ts';
import { logicalValueOf } from '#avro/logical-value.ts';
import type {
  AvroSchema,
  FixedSchema,
  LogicalType,
  PrimitiveSchema,
  RecordSchema,
  UnionSchema,
} from '#avro/model.ts';
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

/**
 * The value whose JSON form (`toJson`) this is: `fromJson(schema, toJson(schema, value))` equals the value. Takes what
 * `JSON.parse` gives. A field that has a default may be left out, and then has that; every other one has to be there, and
 * nothing besides.
 * @throws ZonerError VALUE_INVALID that names the field and what is needed there, never the value
 */
export function fromJson(schema: AvroSchema, json: unknown): unknown {
  return read(schema, json, '', 0);
}

function read(schema: AvroSchema, json: unknown, path: string, depth: number): unknown {
  switch (schema.type) {
    case 'record':
    case 'error':
      return readRecord(schema, json, path, depth, null);
    case 'union':
      return readUnion(schema, json, path, depth);
    case 'array':
      if (!Array.isArray(json)) return refuseValue(path, 'an array');
      return json.map((item) => read(schema.items, item, `${path}[]`, depth));
    case 'map': {
      if (!isObject(json)) return refuseValue(path, 'an object');
      const map: Record<string, unknown> = Object.create(null);
      for (const [key, item] of Object.entries(json)) {
        // Assigning to __proto__ of an object without a prototype makes a property, as any other key does.
        map[isText(key) ? key : refuseValue(path, 'a map key of valid Unicode')] = read(
          schema.values,
          item,
          `${path}{}`,
          depth,
        );
      }
      return map;
    }
    case 'enum':
      if (typeof json === 'string' && schema.symbols.includes(json)) return json;
      return refuseValue(path, `one of ${schema.symbols.join(', ')}`);
    default:
      return schema.logicalType === null
        ? readPlain(schema, json, path)
        : readLogical(schema, schema.logicalType, json, path);
  }
}

/** `kind` is the name that a branch of a union of records has besides its fields. */
function readRecord(
  schema: RecordSchema,
  json: unknown,
  path: string,
  depth: number,
  kind: string | null,
): unknown {
  if (depth >= MAX_RECORD_DEPTH)
    return refuseValue(schema.name, `nesting of at most ${MAX_RECORD_DEPTH} records`);
  if (!isObject(json)) return refuseValue(path, `an object (${schema.name})`);
  const record: Record<string, unknown> = kind === null ? {} : { kind };
  let known = Object.keys(record).length;
  for (const field of schema.fields) {
    const { name, schema: inner } = field;
    const at = fieldPath(path, name);
    if (Object.hasOwn(json, name)) {
      record[name] = read(inner, json[name], at, depth + 1);
      known += 1;
      continue;
    }
    const fallback = defaultOf(field) ?? refuseValue(at, 'a value');
    record[name] = fallback(at);
  }
  if (Object.keys(json).length !== known)
    return refuseValue(path, `no property besides the fields of ${schema.name}`);
  return record;
}

function readUnion(schema: UnionSchema, json: unknown, path: string, depth: number): unknown {
  const union = unionForm(schema);
  if (json === null && union.nullable) return null;
  if (union.form === 'plain') {
    return union.branch === null ? refuseValue(path, 'null') : read(union.branch, json, path, depth);
  }
  const names = [...union.kinds.keys()].join(', ');
  if (!isObject(json)) return refuseValue(path, `an object with kind, one of ${names},`);
  const branch = union.kinds.get(String(json.kind));
  if (branch === undefined) return refuseValue(fieldPath(path, 'kind'), `one of ${names}`);
  if (union.form === 'records') return readRecord(branch as RecordSchema, json, path, depth, kindOf(branch));
  if (Object.keys(json).length !== 2 || !Object.hasOwn(json, 'value'))
    return refuseValue(path, '{ kind, value }');
  return { kind: json.kind, value: read(branch, json.value, fieldPath(path, 'value'), depth) };
}

function readPlain(schema: PrimitiveSchema | FixedSchema, json: unknown, path: string): unknown {
  switch (schema.type) {
    case 'null':
      return json === null ? null : refuseValue(path, 'null');
    case 'boolean':
      return typeof json === 'boolean' ? json : refuseValue(path, 'a boolean');
    case 'int':
      // JSON may write zero as -0.
      return isInt(json) ? json + 0 : refuseValue(path, 'a 32-bit whole number');
    case 'long':
      return readLong(json) ?? refuseValue(path, 'the text of a 64-bit whole number');
    case 'float': {
      const value = readNumber(json);
      const rounded = value === null ? null : Math.fround(value);
      const isLost = value !== null && Number.isFinite(value) && !Number.isFinite(rounded);
      return rounded === null || isLost ? refuseValue(path, 'a number that 32 bits can hold') : rounded;
    }
    case 'double':
      return readNumber(json) ?? refuseValue(path, 'a number, NaN, Infinity, -Infinity or -0');
    case 'string':
      return isText(json) ? json : refuseValue(path, 'a string of valid Unicode');
    default: {
      const size = schema.type === 'fixed' ? schema.size : null;
      const bytes = readBase64(json);
      const needed = size === null ? 'base64' : `base64 of ${size} bytes`;
      return bytes === null || (size !== null && bytes.length !== size) ? refuseValue(path, needed) : bytes;
    }
  }
}

function readLong(json: unknown): bigint | null {
  if (typeof json !== 'string' || !/^(?:0|-?[1-9]\d{0,18})$/.test(json)) return null;
  const value = BigInt(json);
  return isLong(value) ? value : null;
}

/** JSON has no number for these. */
const SPECIAL: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
]);

function readNumber(json: unknown): number | null {
  if (typeof json === 'number' && Number.isFinite(json)) return json;
  return SPECIAL.get(json) ?? null;
}

/** Only the one text that each sequence of bytes has, so that nothing is lost on the way back. */
function readBase64(json: unknown): Uint8Array | null {
  if (typeof json !== 'string') return null;
  const bytes = Buffer.from(json, 'base64');
  return bytes.toString('base64') === json ? bytes : null;
}

function readLogical(
  schema: PrimitiveSchema | FixedSchema,
  logical: LogicalType,
  json: unknown,
  path: string,
): unknown {
  const value = valueOfText(logical, json);
  if (value === null) return refuseValue(path, `the JSON form of ${logical.name}`);
  // The codec knows what a logical type allows: precision, ranges, the parts of a duration.
  logicalValueOf(schema)?.toBase(value, path);
  return value;
}

function valueOfText(logical: LogicalType, json: unknown): unknown {
  if (logical.name === 'duration') {
    const { months, days, millis } = isObject(json) ? json : {};
    return isObject(json) && Object.keys(json).length === 3 ? { months, days, millis } : null;
  }
  if (typeof json !== 'string') return null;
  switch (logical.name) {
    case 'uuid':
    case 'date':
      return json;
    case 'decimal': {
      const value = Decimal.parse(json);
      return value !== null && value.scale === logical.scale && String(value) === json ? value : null;
    }
    case 'time-millis': {
      const count = parseIsoTime(json, 'millis');
      return count === null ? null : Number(count);
    }
    case 'time-micros':
      return parseIsoTime(json, 'micros');
    default:
      return readTimestamp(logical.name, json);
  }
}

function readTimestamp(name: string, text: string): bigint | Date | null {
  const isLocal = name.startsWith('local-');
  if (isLocal === text.endsWith('Z')) return null;
  const unit = name.slice(name.lastIndexOf('-') + 1) as Unit;
  const count = parseIsoDateTime(isLocal ? text : text.slice(0, -1), unit);
  if (count === null) return null;
  return name === 'timestamp-millis' ? new Date(Number(count)) : count;
}
