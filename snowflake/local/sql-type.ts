import { SqlError } from '#snowflake/local/sql-error.ts';

/** A data type by its one proper name, with its limits. */
export interface SqlType {
  readonly name:
    | 'NUMBER'
    | 'FLOAT'
    | 'BOOLEAN'
    | 'TEXT'
    | 'BINARY'
    | 'DATE'
    | 'TIME'
    | 'TIMESTAMP_NTZ'
    | 'TIMESTAMP_TZ'
    | 'VARIANT'
    /** What NULL is before anybody says what it should be. */
    | 'NULL';
  /** Digits of a number, length of text or bytes, digits after the second; null where the type has none. */
  readonly size: number | null;
  readonly scale: number | null;
}

const SYNONYMS: Readonly<Record<string, SqlType['name']>> = {
  NUMBER: 'NUMBER',
  DECIMAL: 'NUMBER',
  NUMERIC: 'NUMBER',
  INT: 'NUMBER',
  INTEGER: 'NUMBER',
  BIGINT: 'NUMBER',
  FLOAT: 'FLOAT',
  DOUBLE: 'FLOAT',
  REAL: 'FLOAT',
  BOOLEAN: 'BOOLEAN',
  VARCHAR: 'TEXT',
  STRING: 'TEXT',
  TEXT: 'TEXT',
  BINARY: 'BINARY',
  DATE: 'DATE',
  TIME: 'TIME',
  TIMESTAMP_NTZ: 'TIMESTAMP_NTZ',
  TIMESTAMP_TZ: 'TIMESTAMP_TZ',
  VARIANT: 'VARIANT',
};

/** Limits of Snowflake's data types (data-types-numeric, -text, -datetime). */
const MAX_PRECISION = 38;
const MAX_SCALE = 37;
const MAX_SECOND_DIGITS = 9;
export const MAX_TEXT = 16_777_216;
export const MAX_BINARY = 8_388_608;

/** @throws SqlError for a type that Snowflake does not have, or with limits that it refuses */
export function sqlType(word: string, args: readonly number[]): SqlType {
  const name = Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined;
  const [size = null, scale = null] = args;
  if (name === undefined) throw refused(`Unsupported data type '${word}'.`);
  if (args.length > (name === 'NUMBER' ? 2 : 1)) throw refused(`too many arguments for ${word}`);
  switch (name) {
    case 'NUMBER':
      limit(word, size ?? MAX_PRECISION, 1, MAX_PRECISION);
      limit(word, scale ?? 0, 0, Math.min(MAX_SCALE, size ?? MAX_PRECISION));
      return { name, size: size ?? MAX_PRECISION, scale: scale ?? 0 };
    case 'TEXT':
      limit(word, size ?? MAX_TEXT, 1, MAX_TEXT);
      return { name, size: size ?? MAX_TEXT, scale: null };
    case 'BINARY':
      limit(word, size ?? MAX_BINARY, 1, MAX_BINARY);
      return { name, size: size ?? MAX_BINARY, scale: null };
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_TZ':
      limit(word, size ?? MAX_SECOND_DIGITS, 0, MAX_SECOND_DIGITS);
      return { name, size: size ?? MAX_SECOND_DIGITS, scale: null };
    default:
      if (size !== null) throw refused(`${word} takes no arguments`);
      return { name, size: null, scale: null };
  }
}

function limit(word: string, value: number, low: number, high: number): void {
  if (value < low || value > high)
    throw refused(`invalid value ${value} for ${word}; it must be ${low} to ${high}`);
}

function refused(message: string): SqlError {
  return new SqlError('002040', '42601', `SQL compilation error:\n${message}`);
}

/** The type as Snowflake's messages and INFORMATION_SCHEMA spell it. */
export function typeText({ name, size, scale }: SqlType): string {
  if (name === 'NUMBER') return `NUMBER(${size},${scale})`;
  const word = name === 'TEXT' ? 'VARCHAR' : name;
  return size === null ? word : `${word}(${size})`;
}

/**
 * The DuckDB type that holds values of this one. Numbers keep their scale and get their precision from a check, so that
 * it can be altered. Times are nanoseconds: DuckDB's own types either lose digits or end in 2262, and none keeps an
 * offset. `n` of a TIMESTAMP_TZ is the instant, `o` its offset in minutes.
 */
export function duckdbType(type: SqlType): string {
  switch (type.name) {
    case 'NUMBER':
      return `DECIMAL(38,${type.scale})`;
    case 'FLOAT':
      return 'DOUBLE';
    case 'TEXT':
    case 'NULL':
      return 'VARCHAR';
    case 'BINARY':
      return 'BLOB';
    case 'TIME':
    case 'TIMESTAMP_NTZ':
      return 'HUGEINT';
    case 'TIMESTAMP_TZ':
      return 'STRUCT(n HUGEINT, o SMALLINT)';
    case 'VARIANT':
      return 'JSON';
    default:
      return type.name;
  }
}

const of = (name: SqlType['name'], size: number | null = null, scale: number | null = null): SqlType => ({
  name,
  size,
  scale,
});

/** Types that expressions have. */
export const TYPES = {
  null: of('NULL'),
  boolean: of('BOOLEAN'),
  text: of('TEXT', MAX_TEXT),
  integer: of('NUMBER', MAX_PRECISION, 0),
  float: of('FLOAT'),
  binary: of('BINARY', MAX_BINARY),
  date: of('DATE'),
  variant: of('VARIANT'),
  timestampTz: of('TIMESTAMP_TZ', MAX_SECOND_DIGITS),
  timestampNtz: of('TIMESTAMP_NTZ', MAX_SECOND_DIGITS),
} as const;
