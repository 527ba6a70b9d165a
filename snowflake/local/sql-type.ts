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
    | 'VARIANT';
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

/** The DuckDB type that holds values of this one. It keeps microseconds of times; text lengths are a check beside it. */
export function duckdbType(type: SqlType): string {
  switch (type.name) {
    case 'NUMBER':
      return `DECIMAL(${type.size},${type.scale})`;
    case 'FLOAT':
      return 'DOUBLE';
    case 'TEXT':
      return 'VARCHAR';
    case 'BINARY':
      return 'BLOB';
    case 'TIMESTAMP_NTZ':
      return (type.size ?? 9) > 6 ? 'TIMESTAMP_NS' : 'TIMESTAMP';
    case 'TIMESTAMP_TZ':
      return 'TIMESTAMPTZ';
    case 'VARIANT':
      return 'JSON';
    default:
      return type.name;
  }
}
