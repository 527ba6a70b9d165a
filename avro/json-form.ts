import { isoDateTime, isoTime, type Unit } from '#avro/date-time.ts';
import type { AvroSchema, LogicalType } from '#avro/model.ts';
import { unionForm } from '#avro/union-form.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

type Members = Readonly<Record<string, unknown>>;

/**
 * The JSON form of a value of this schema: one form for `--print`, HTTP and VARIANT. Longs, decimals and times are
 * strings, because JSON numbers lose digits; bytes are base64.
 */
export function toJson(schema: AvroSchema, value: unknown): Json {
  switch (schema.type) {
    case 'record':
    case 'error':
      return Object.fromEntries(
        schema.fields.map(({ name, schema: inner }) => [name, toJson(inner, (value as Members)[name])]),
      );
    case 'union': {
      if (value === null) return null;
      const union = unionForm(schema);
      if (union.form === 'plain') return union.branch === null ? null : toJson(union.branch, value);
      const { kind } = value as { kind: string };
      const branch = union.kinds.get(kind);
      if (branch === undefined) throw new Error('a value of no branch of its union');
      if (union.form === 'tagged') return { kind, value: toJson(branch, (value as Members).value) };
      return { kind, ...(toJson(branch, value) as { readonly [key: string]: Json }) };
    }
    case 'array':
      return (value as readonly unknown[]).map((each) => toJson(schema.items, each));
    case 'map':
      return Object.fromEntries(
        Object.entries(value as Members).map(([key, each]) => [key, toJson(schema.values, each)]),
      );
    case 'enum':
      return value as string;
    default:
      return schema.logicalType === null ? plainJson(value) : logicalJson(schema.logicalType, value);
  }
}

function plainJson(value: unknown): Json {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value !== 'number') return value as Json;
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : Object.is(value, -0)
      ? '-0'
      : String(value);
}

function logicalJson(logical: LogicalType, value: unknown): Json {
  switch (logical.name) {
    case 'uuid':
    case 'date':
      return value as string;
    case 'duration':
      return value as { readonly [key: string]: Json };
    case 'decimal':
      return String(value);
    case 'time-millis':
    case 'time-micros':
      return present(isoTime(BigInt(value as number | bigint), unitOf(logical.name) as 'millis' | 'micros'));
    default: {
      const count = value instanceof Date ? BigInt(value.getTime()) : (value as bigint);
      const text = present(isoDateTime(count, unitOf(logical.name)));
      return logical.name.startsWith('local-') ? text : `${text}Z`;
    }
  }
}

function unitOf(name: string): Unit {
  return name.slice(name.lastIndexOf('-') + 1) as Unit;
}

/** The codec lets no other time pass. */
function present(text: string | null): string {
  if (text === null) throw new Error('a time that the codec refuses');
  return text;
}
