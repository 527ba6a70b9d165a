import { compilationError, type RowError, raise } from '#snowflake/local/sql-error.ts';
import {
  duckdbType,
  MAX_BINARY,
  MAX_TEXT,
  type SqlType,
  TYPES,
  typeText,
} from '#snowflake/local/sql-type.ts';

/** DuckDB text of an expression, and its Snowflake type. */
export interface Typed {
  readonly sql: string;
  readonly type: SqlType;
}

/** A text of this length is worth a name. */
const LONG = 40;
let names = 0;

/**
 * `body` over a value that is computed once. Written out wherever it is used, an expression would grow with every cast
 * around it, and DuckDB would plan for longer than it runs.
 */
export function once(sql: string, body: (value: string) => string): string {
  if (sql.length < LONG) return body(sql);
  names = (names + 1) % 1_000_000;
  const name = `z${names}`;
  return `list_transform([${sql}], lambda ${name}: ${body(name)})[1]`;
}

const NANOS_A_DAY = '86400000000000';
const NANOS_A_MINUTE = '60000000000';

/** An explicit cast. @throws SqlError for types that do not become each other */
export function cast(from: Typed, to: SqlType): Typed {
  const sql = limited({ sql: castText(from, to), type: to }, from.type);
  return { sql, type: to };
}

/** A value that a column takes as it is, or by a cast that Snowflake does without being asked. */
export function assign(from: Typed, to: SqlType, column: string): Typed {
  const isVariant = (type: SqlType): boolean => type.name === 'VARIANT';
  if (from.type.name !== 'NULL' && isVariant(from.type) !== isVariant(to)) {
    const what = `Expression type does not match column data type, expecting ${typeText(to)} but got ${typeText(from.type)} for column ${column}`;
    throw compilationError('002023', '22000', what);
  }
  return cast(from, to);
}

function orRaise(input: string, error: RowError, value: (input: string) => string): string {
  return once(
    input,
    (name) => `CASE WHEN ${name} IS NULL THEN NULL ELSE coalesce(${value(name)}, ${raise(error)}) END`,
  );
}

function castText({ sql, type: from }: Typed, to: SqlType): string {
  if (from.name === 'NULL') return `CAST(NULL AS ${duckdbType(to)})`;
  if (from.name === to.name && from.name !== 'NUMBER') return sql;
  if (to.name === 'VARIANT') return variantOf({ sql, type: from });
  if (from.name === 'VARIANT') {
    // A scalar goes by its text, without the quotes of JSON; JSON null becomes NULL.
    return castText({ sql: `(${sql} ->> '$')`, type: TYPES.text }, to);
  }
  switch (to.name) {
    case 'TEXT':
      return textOf({ sql, type: from });
    case 'NUMBER':
      return numberOf({ sql, type: from }, to);
    case 'FLOAT':
      if (from.name === 'TEXT') return orRaise(sql, 'number', (text) => `z_float(${text})`);
      if (from.name === 'NUMBER') return `CAST(${sql} AS DOUBLE)`;
      break;
    case 'BOOLEAN':
      if (from.name === 'TEXT') return orRaise(sql, 'boolean', (text) => `z_boolean(${text})`);
      if (from.name === 'NUMBER') return `(${sql} <> 0)`;
      break;
    case 'BINARY':
      if (from.name === 'TEXT') return binaryOf(sql, 'HEX');
      break;
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_TZ': {
      const text = temporalOf({ sql, type: from }, to);
      if (text !== null) return text;
      break;
    }
  }
  throw compilationError('002023', '22000', `invalid type [CAST(${typeText(from)} AS ${typeText(to)})]`);
}

export function binaryOf(sql: string, format: 'HEX' | 'BASE64'): string {
  const name = format === 'HEX' ? 'unhex' : 'from_base64';
  return orRaise(sql, 'binary', (text) => `try(${name}(${text}))`);
}

function numberOf({ sql, type }: Typed, to: SqlType): string {
  const target = `DECIMAL(38,${to.scale})`;
  if (type.name === 'NUMBER') {
    return type.scale === to.scale
      ? sql
      : orRaise(sql, 'range', (value) => `try_cast(${value} AS ${target})`);
  }
  if (type.name === 'TEXT') return orRaise(sql, 'number', (text) => `try_cast(trim(${text}) AS ${target})`);
  if (type.name === 'FLOAT') return orRaise(sql, 'number', (value) => `try_cast(${value} AS ${target})`);
  if (type.name === 'BOOLEAN') return `CAST(${sql} AS ${target})`;
  throw compilationError('002023', '22000', `invalid type [CAST(${typeText(type)} AS ${typeText(to)})]`);
}

function textOf({ sql, type }: Typed): string {
  switch (type.name) {
    case 'FLOAT':
      return `z_float_text(${sql})`;
    case 'BINARY':
      return `hex(${sql})`;
    case 'TIME':
      return `strftime(z_micros(${sql}), '%H:%M:%S')`;
    case 'TIMESTAMP_NTZ':
      return `z_text(${sql})`;
    case 'TIMESTAMP_TZ':
      return `(z_text((${sql}).n + (${sql}).o::HUGEINT * ${NANOS_A_MINUTE}) || ' ' || z_zone_text((${sql}).o))`;
    default:
      return `CAST(${sql} AS VARCHAR)`;
  }
}

/** Anything as VARIANT; what JSON cannot hold becomes its text. */
function variantOf(value: Typed): string {
  if (value.type.name === 'NUMBER') return `CAST(CAST(${value.sql} AS VARCHAR) AS JSON)`;
  if (value.type.name === 'BOOLEAN' || value.type.name === 'FLOAT') return `to_json(${value.sql})`;
  return `to_json(${value.type.name === 'TEXT' ? value.sql : textOf(value)})`;
}

/** Between text and times, and between times. Null where Snowflake has no such cast. */
function temporalOf({ sql, type }: Typed, to: SqlType): string | null {
  const day = (nanos: string): string => `CAST(z_micros(z_floor(${nanos}, ${NANOS_A_DAY})) AS DATE)`;
  const local = (): string => `((${sql}).n + (${sql}).o::HUGEINT * ${NANOS_A_MINUTE})`;
  const midnight = (): string => `(epoch_us(CAST(${sql} AS TIMESTAMP))::HUGEINT * 1000)`;
  const zoned = (nanos: string): string => `{'n': ${nanos}, 'o': 0::SMALLINT}`;
  switch (`${type.name} ${to.name}`) {
    case 'TEXT DATE':
      return orRaise(
        sql,
        'date',
        (text) =>
          `CASE WHEN regexp_full_match(${text}, '^\\d{4}-\\d{2}-\\d{2}$') THEN try_cast(${text} AS DATE) END`,
      );
    case 'TEXT TIME':
      return orRaise(sql, 'time', (text) => `z_time(${text})`);
    case 'TEXT TIMESTAMP_NTZ':
      return orRaise(sql, 'timestamp', (text) => `z_nanos(${text})`);
    case 'TEXT TIMESTAMP_TZ':
      return once(
        sql,
        (text) =>
          `CASE WHEN ${text} IS NULL THEN NULL ELSE {'n': coalesce(z_instant(${text}), ${raise('timestamp')}), 'o': z_offset(${text})} END`,
      );
    case 'TIMESTAMP_TZ TIMESTAMP_NTZ':
      return local();
    case 'TIMESTAMP_NTZ TIMESTAMP_TZ':
      return `CASE WHEN ${sql} IS NULL THEN NULL ELSE ${zoned(sql)} END`;
    case 'DATE TIMESTAMP_NTZ':
      return midnight();
    case 'DATE TIMESTAMP_TZ':
      return `CASE WHEN ${sql} IS NULL THEN NULL ELSE ${zoned(midnight())} END`;
    case 'TIMESTAMP_NTZ DATE':
      return day(sql);
    case 'TIMESTAMP_TZ DATE':
      return day(local());
    case 'TIMESTAMP_NTZ TIME':
      return `(${sql} - z_floor(${sql}, ${NANOS_A_DAY}))`;
    default:
      return null;
  }
}

/** Holds a value to the limits of its type: digits, length, fraction of a second. */
function limited({ sql, type }: Typed, from: SqlType): string {
  const check = (condition: (value: string) => string, error: RowError): string =>
    once(sql, (value) => `CASE WHEN ${condition(value)} THEN ${raise(error)} ELSE ${value} END`);
  switch (type.name) {
    case 'NUMBER': {
      const digits = (type.size ?? 38) - (type.scale ?? 0);
      const hasRoom = from.name === 'NUMBER' && (from.size ?? 38) - (from.scale ?? 0) <= digits;
      // 38 digits are DuckDB's own limit.
      if (hasRoom || type.size === 38) return sql;
      return check((value) => `abs(${value}) >= ${'1'.padEnd(digits + 1, '0')}`, 'range');
    }
    case 'TEXT':
      return type.size === MAX_TEXT ||
        (from.name === 'TEXT' && (from.size ?? MAX_TEXT) <= (type.size ?? MAX_TEXT))
        ? sql
        : check((value) => `length(${value}) > ${type.size}`, 'length');
    case 'BINARY':
      return type.size === MAX_BINARY
        ? sql
        : check((value) => `octet_length(${value}) > ${type.size}`, 'length');
    case 'TIME':
    case 'TIMESTAMP_NTZ': {
      const unit = unitOf(type);
      return unit === '1' ? sql : once(sql, (value) => `z_floor(${value}, ${unit})`);
    }
    case 'TIMESTAMP_TZ': {
      const unit = unitOf(type);
      if (unit === '1') return sql;
      return once(
        sql,
        (value) =>
          `CASE WHEN (${value}).n IS NULL THEN NULL ELSE {'n': z_floor((${value}).n, ${unit}), 'o': (${value}).o} END`,
      );
    }
    default:
      return sql;
  }
}

function unitOf({ size }: SqlType): string {
  return '1'.padEnd(10 - (size ?? 9), '0');
}

/** The text that orders and compares values of this type: a TIMESTAMP_TZ by its instant. */
export function comparable({ sql, type }: Typed): string {
  return type.name === 'TIMESTAMP_TZ' ? `(${sql}).n` : sql;
}

/** Two operands of a comparison, or branches of one result, as values of one type. */
export function sameType(values: readonly Typed[]): readonly Typed[] {
  const type = commonType(values.map((each) => each.type));
  return values.map((each) => {
    if (each.type.name === 'NUMBER' && type.name === 'NUMBER' && each.type.scale !== type.scale)
      return cast(each, type);
    return each.type.name === type.name ? { sql: each.sql, type } : cast(each, type);
  });
}

/** How far a type goes to meet another: text becomes what it is compared with, VARIANT what is asked for. */
const RANK: Readonly<Record<SqlType['name'], number>> = {
  NULL: 0,
  TEXT: 1,
  VARIANT: 2,
  BOOLEAN: 3,
  BINARY: 3,
  DATE: 4,
  TIME: 4,
  TIMESTAMP_NTZ: 5,
  TIMESTAMP_TZ: 6,
  NUMBER: 7,
  FLOAT: 8,
};

function commonType(types: readonly SqlType[]): SqlType {
  const known = types.filter(({ name }) => name !== 'NULL');
  const [first = TYPES.text, ...rest] = known;
  return rest.reduce((a, b) => {
    if (a.name !== b.name) return RANK[a.name] > RANK[b.name] ? a : b;
    if (a.name === 'NUMBER') {
      const scale = Math.max(a.scale ?? 0, b.scale ?? 0);
      const digits = Math.max((a.size ?? 38) - (a.scale ?? 0), (b.size ?? 38) - (b.scale ?? 0));
      return { name: 'NUMBER', size: Math.min(38, digits + scale), scale };
    }
    return (a.size ?? 0) >= (b.size ?? 0) ? a : b;
  }, first);
}
