import { types } from 'node:util';
import { isoDate, MAX_DATE_MS, parseIsoDate, timeRange, type Unit } from '#avro/date-time.ts';
import { Decimal, digitsOf, fromTwosComplement, significantBytes, toTwosComplement } from '#avro/decimal.ts';
import type { FixedSchema, LogicalType, PrimitiveSchema } from '#avro/model.ts';
import { isInt, isLong, isObject, isUuid, refuseValue } from '#avro/value-check.ts';

/** Translates between the value of a logical type and that of its base type. */
export interface LogicalValue {
  /** @throws ZonerError VALUE_INVALID */
  toBase(value: unknown, path: string): unknown;
  /** @throws ZonerError VALUE_INVALID for a base value that means nothing */
  fromBase(base: unknown, path: string): unknown;
}

const known = new WeakMap<PrimitiveSchema | FixedSchema, LogicalValue>();

/** The translation of a schema's logical type, made once a schema; null if it has none. */
export function logicalValueOf(schema: PrimitiveSchema | FixedSchema): LogicalValue | null {
  if (schema.logicalType === null) return null;
  const made = known.get(schema) ?? logicalValue(schema, schema.logicalType);
  known.set(schema, made);
  return made;
}

const DAY_MILLIS = 86_400_000;
const DAY_MICROS = 86_400_000_000n;

/** The translation for a schema with a logical type. */
export function logicalValue(schema: PrimitiveSchema | FixedSchema, logical: LogicalType): LogicalValue {
  switch (logical.name) {
    case 'decimal':
      return decimal(logical.precision, logical.scale, schema.type === 'fixed' ? schema.size : null);
    case 'uuid':
      return schema.type === 'fixed' ? UUID_BYTES : checked(isUuid, 'a UUID');
    case 'date':
      return DATE;
    case 'time-millis':
      return checked((value) => isInt(value) && value >= 0 && value < DAY_MILLIS, 'milliseconds of a day');
    case 'time-micros':
      return checked((value) => isLong(value) && value >= 0n && value < DAY_MICROS, 'microseconds of a day');
    case 'timestamp-millis':
      return INSTANT;
    case 'duration':
      return DURATION;
    default: {
      const unit = logical.name.slice(logical.name.lastIndexOf('-') + 1) as Unit;
      const { lowest, highest } = timeRange(unit);
      const isTime = (value: unknown): boolean =>
        typeof value === 'bigint' && value >= lowest && value <= highest;
      return checked(isTime, `a bigint, ${unit} between the years -271821 and 275760,`);
    }
  }
}

/** Not `instanceof`, which also takes what only inherits from Date and has no time. */
const { isDate } = types;

function checked(isValid: (value: unknown) => boolean, needed: string): LogicalValue {
  const pass = (value: unknown, path: string): unknown =>
    isValid(value) ? value : refuseValue(path, needed);
  return { toBase: pass, fromBase: pass };
}

const INSTANT: LogicalValue = {
  toBase: (value, path) => {
    const time = isDate(value) ? value.getTime() : Number.NaN;
    return Number.isNaN(time) ? refuseValue(path, 'a valid Date') : BigInt(time);
  },
  fromBase: (base, path) => {
    const count = base as bigint;
    const isInstant = count >= -MAX_DATE_MS && count <= MAX_DATE_MS;
    return isInstant
      ? new Date(Number(count))
      : refuseValue(path, 'an instant between the years -271821 and 275760');
  },
};

const DATE: LogicalValue = {
  toBase: (value, path) =>
    (typeof value === 'string' ? parseIsoDate(value) : null) ??
    refuseValue(path, 'a date such as 2026-03-02'),
  fromBase: (base, path) =>
    isoDate(base as number) ?? refuseValue(path, 'a date between the years -271821 and 275760'),
};

const UUID_BYTES: LogicalValue = {
  toBase: (value, path) =>
    isUuid(value) ? Buffer.from(value.replaceAll('-', ''), 'hex') : refuseValue(path, 'a UUID'),
  fromBase: (base) => {
    const hex = Buffer.from(base as Uint8Array).toString('hex');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  },
};

/** Three unsigned 32-bit numbers, little-endian (Avro 1.12, "Duration"). */
const DURATION: LogicalValue = {
  toBase: (value, path) => {
    const bytes = Buffer.alloc(12);
    for (const [index, part] of ['months', 'days', 'millis'].entries()) {
      const count = isObject(value) ? value[part] : undefined;
      const fits = typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= 0xffff_ffff;
      bytes.writeUInt32LE(fits ? count : refuseValue(path, '{ months, days, millis } of 32 bits'), 4 * index);
    }
    return bytes;
  },
  fromBase: (base) => {
    const bytes = Buffer.from(base as Uint8Array);
    return { months: bytes.readUInt32LE(0), days: bytes.readUInt32LE(4), millis: bytes.readUInt32LE(8) };
  },
};

function decimal(precision: number, scale: number, size: number | null): LogicalValue {
  const mostBytes = Math.ceil((precision * Math.log2(10) + 1) / 8);
  const needed = `a Decimal of at most ${precision} digits, ${scale} of them after the point,`;
  return {
    toBase: (value, path) => {
      // By shape, because generated code declares the type without this class.
      const { unscaled, scale: given } = (value ?? {}) as Partial<Decimal>;
      const fits = typeof unscaled === 'bigint' && given === scale && digitsOf(unscaled) <= precision;
      return (fits ? toTwosComplement(unscaled, size) : null) ?? refuseValue(path, needed);
    },
    fromBase: (base, path) => {
      // The text of a number of a million digits takes a second, so its length is judged first.
      if (significantBytes(base as Uint8Array) > mostBytes) return refuseValue(path, needed);
      const unscaled = fromTwosComplement(base as Uint8Array);
      return digitsOf(unscaled) <= precision ? new Decimal(unscaled, scale) : refuseValue(path, needed);
    },
  };
}
