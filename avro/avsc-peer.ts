import avsc from 'avsc';
import type { AvroSchema, UnionSchema } from '#avro/model.ts';
import { kindOf, unionForm } from '#avro/union-form.ts';

/** avsc as the peer of tests and benchmarks: nothing else in Zoner uses it. */

/** A bigint for a long: avsc's own longs end at 2^53. */
export const bigintLong = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

/** Its base is avsc's own long, a number: the cheapest way to a Date. */
class Instant extends avsc.types.LogicalType {
  protected override _fromValue(value: number): Date {
    return new Date(value);
  }

  protected override _toValue(value: unknown): number | undefined {
    return value instanceof Date ? value.getTime() : undefined;
  }
}

/**
 * avsc set up to give and take the values that Zoner has: bigint for a long, Date for an instant. Unions of several
 * branches stay in avsc's wrapped form and maps are plain objects, which costs avsc nothing.
 * @param wrapUnions `always` where a union of, say, int and string is among the types
 */
export function avscWithSameValues(schema: unknown, wrapUnions: 'auto' | 'always' = 'auto'): avsc.Type {
  return avsc.Type.forSchema(
    schema as avsc.Schema,
    {
      logicalTypes: { 'timestamp-millis': Instant as unknown as new () => avsc.types.LogicalType },
      omitRecordMethods: true,
      wrapUnions,
      typeHook: (given: unknown) => {
        if (given === 'long') return bigintLong;
        const { type, logicalType } = given as { readonly type?: unknown; readonly logicalType?: unknown };
        return type === 'long' && logicalType !== 'timestamp-millis' ? bigintLong : undefined;
      },
    } as unknown as Partial<avsc.ForSchemaOptions>,
  );
}

/** avsc as it comes: numbers for longs and instants. */
export function plainAvsc(schema: unknown): avsc.Type {
  return avsc.Type.forSchema(schema as avsc.Schema, { omitRecordMethods: true } as object);
}

export interface AvscFormOptions {
  /** Longs and instants as numbers. */
  readonly numbers?: boolean;
  /** Also the one type of a union with null wrapped, as avsc has it with `wrapUnions: 'always'`. */
  readonly wrapAll?: boolean;
}

/** A value in avsc's own form: branches of unions of several types wrapped under the full name. */
export function avscForm(schema: AvroSchema, value: unknown, options: AvscFormOptions = {}): unknown {
  switch (schema.type) {
    case 'record':
    case 'error': {
      const given = value as Readonly<Record<string, unknown>>;
      const entries = schema.fields.map((field) => [
        field.name,
        avscForm(field.schema, given[field.name], options),
      ]);
      return Object.fromEntries(entries);
    }
    case 'array':
      return (value as readonly unknown[]).map((item) => avscForm(schema.items, item, options));
    case 'map': {
      const entries = Object.entries(value as object);
      return Object.fromEntries(entries.map(([key, item]) => [key, avscForm(schema.values, item, options)]));
    }
    case 'union':
      return value === null ? null : unionBranch(schema, value, options);
    default:
      if (options.numbers === true && schema.type === 'long') return Number(value);
      return value instanceof Uint8Array ? Buffer.from(value) : value;
  }
}

function unionBranch(schema: UnionSchema, value: unknown, options: AvscFormOptions): unknown {
  const union = unionForm(schema);
  const { kind, value: inner } = value as { readonly kind: string; readonly value: unknown };
  const branch =
    union.form === 'plain' ? union.branch : (schema.branches.find((each) => kindOf(each) === kind) ?? null);
  if (branch === null) throw new Error(`no branch is called ${kind}`);
  const form = avscForm(branch, union.form === 'tagged' ? inner : value, options);
  if (union.form === 'plain' && options.wrapAll !== true) return form;
  return { ['fullName' in branch ? branch.fullName : branch.type]: form };
}
