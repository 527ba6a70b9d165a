import { binaryOf, cast, comparable, sameType, type Typed } from '#snowflake/local/cast.ts';
import { compilationError, unsupported } from '#snowflake/local/sql-error.ts';
import { type SqlType, TYPES } from '#snowflake/local/sql-type.ts';

/** The call of a function with these arguments. @throws SqlError for a wrong number of arguments, or types */
type Build = (args: readonly Typed[]) => Typed;

/** What `Session` has told its connection. */
const ROLE = "getvariable('zoner_role')";

const list = (args: readonly Typed[]): string => args.map(({ sql }) => sql).join(', ');

/** A function of DuckDB's that means the same, with the type of its result; null passes that of the first argument. */
function same(name: string, type: SqlType | null, count: readonly [number, number] = [1, 1]): Build {
  return (args) => {
    requireCount(name.toUpperCase(), args, count);
    return { sql: `${name}(${list(args)})`, type: type ?? args[0]?.type ?? TYPES.null };
  };
}

function requireCount(name: string, args: readonly Typed[], [low, high]: readonly [number, number]): void {
  if (args.length < low)
    throw compilationError(
      '000938',
      '22023',
      `not enough arguments for function [${name}], expected ${low}, got ${args.length}`,
    );
  if (args.length > high)
    throw compilationError(
      '000939',
      '22023',
      `too many arguments for function [${name}], expected ${high}, got ${args.length}`,
    );
}

/** One function over text, whatever is handed in. */
function overText(name: string, type: SqlType, count: readonly [number, number] = [1, 1]): Build {
  const build = same(name, type, count);
  return (args) =>
    build(args.map((each) => (each.type.name === 'NUMBER' && count[1] > 1 ? each : cast(each, TYPES.text))));
}

/** A result that is one of the arguments. */
function oneOf(name: string): Build {
  return (args) => {
    requireCount(name.toUpperCase(), args, [1, 100]);
    const values = sameType(args);
    return { sql: `${name}(${list(values)})`, type: values[0]?.type ?? TYPES.null };
  };
}

/** Least and greatest, of TIMESTAMP_TZ by the instant. */
function extreme(name: 'min' | 'max'): Build {
  return (args) => {
    requireCount(name.toUpperCase(), args, [1, 1]);
    const [value = { sql: 'NULL', type: TYPES.null }] = args;
    if (value.type.name !== 'TIMESTAMP_TZ') return { sql: `${name}(${value.sql})`, type: value.type };
    return { sql: `arg_${name}(${value.sql}, ${comparable(value)})`, type: value.type };
  };
}

const sum: Build = ([value = { sql: 'NULL', type: TYPES.null }]) => {
  if (value.type.name === 'FLOAT') return { sql: `sum(${value.sql})`, type: TYPES.float };
  const number = value.type.name === 'NUMBER' ? value : cast(value, TYPES.integer);
  const type: SqlType = { name: 'NUMBER', size: 38, scale: number.type.scale ?? 0 };
  return { sql: `CAST(sum(${number.sql}) AS DECIMAL(38,${type.scale}))`, type };
};

const average: Build = ([value = { sql: 'NULL', type: TYPES.null }]) => {
  if (value.type.name === 'FLOAT') return { sql: `avg(${value.sql})`, type: TYPES.float };
  const type: SqlType = { name: 'NUMBER', size: 38, scale: 6 };
  const number = value.type.name === 'NUMBER' ? value : cast(value, TYPES.integer);
  return { sql: `CAST(avg(${number.sql}) AS DECIMAL(38,6))`, type };
};

const iff: Build = (args) => {
  requireCount('IFF', args, [3, 3]);
  const [condition, ...results] = args;
  const [yes, no] = sameType(results);
  if (condition === undefined || yes === undefined || no === undefined) throw unsupported('IFF');
  return {
    sql: `CASE WHEN ${cast(condition, TYPES.boolean).sql} THEN ${yes.sql} ELSE ${no.sql} END`,
    type: yes.type,
  };
};

const nullIf: Build = (args) => {
  requireCount('NULLIF', args, [2, 2]);
  const [left, right] = sameType(args);
  if (left === undefined || right === undefined) throw unsupported('NULLIF');
  return {
    sql: `CASE WHEN ${comparable(left)} = ${comparable(right)} THEN NULL ELSE ${left.sql} END`,
    type: left.type,
  };
};

function parseJson(name: 'PARSE_JSON' | 'TRY_PARSE_JSON'): Build {
  return (args) => {
    requireCount(name, args, [1, 1]);
    const [value] = args;
    if (value?.type.name === 'NULL') return { sql: 'CAST(NULL AS JSON)', type: TYPES.variant };
    if (value?.type.name !== 'TEXT')
      throw compilationError('001044', '42P13', `Invalid argument types for function '${name}'`);
    const parse = name === 'PARSE_JSON' ? 'z_json' : 'z_try_json';
    return { sql: `CAST(${parse}(${value.sql}) AS JSON)`, type: TYPES.variant };
  };
}

const toBinary: Build = (args) => {
  requireCount('TO_BINARY', args, [1, 2]);
  const [value, format] = args;
  const name = format === undefined ? 'HEX' : format.sql.replaceAll("'", '').toUpperCase();
  if (value === undefined || (name !== 'HEX' && name !== 'BASE64'))
    throw unsupported(`TO_BINARY with the format ${name}`);
  return { sql: binaryOf(cast(value, TYPES.text).sql, name), type: TYPES.binary };
};

/** Snowflake's names for the types of a VARIANT. */
const typeOf: Build = (args) => {
  requireCount('TYPEOF', args, [1, 1]);
  const [value] = args;
  if (value?.type.name !== 'VARIANT')
    throw compilationError('001044', '42P13', "Invalid argument types for function 'TYPEOF'");
  const sql = `CASE json_type(${value.sql}) WHEN 'NULL' THEN 'NULL_VALUE' WHEN 'UBIGINT' THEN 'INTEGER' WHEN 'BIGINT' THEN 'INTEGER'
    WHEN 'HUGEINT' THEN 'INTEGER' WHEN 'DOUBLE' THEN (CASE WHEN regexp_matches(${value.sql}::VARCHAR, '[eE]') THEN 'DOUBLE' ELSE 'DECIMAL' END) ELSE json_type(${value.sql}) END`;
  return { sql, type: TYPES.text };
};

const UNITS: Readonly<Record<string, string>> = {
  DAY: '86400000000000',
  HOUR: '3600000000000',
  MINUTE: '60000000000',
  SECOND: '1000000000',
  MILLISECOND: '1000000',
};

/** DATEADD of a unit of fixed length: its first argument comes in as text. */
const dateAdd: Build = (args) => {
  requireCount('DATEADD', args, [3, 3]);
  const [unit, count, to] = args;
  const nanos = UNITS[unit?.sql.replaceAll("'", '').toUpperCase().replace(/S$/, '') ?? ''];
  if (nanos === undefined || count === undefined || to === undefined)
    throw unsupported('DATEADD of this unit');
  const step = `CAST(${cast(count, TYPES.integer).sql} AS HUGEINT) * ${nanos}`;
  if (to.type.name === 'TIMESTAMP_NTZ') return { sql: `(${to.sql} + ${step})`, type: to.type };
  if (to.type.name !== 'TIMESTAMP_TZ') throw unsupported('DATEADD to anything but a timestamp');
  return { sql: `{'n': (${to.sql}).n + ${step}, 'o': (${to.sql}).o}`, type: to.type };
};

/** DATE_PART of the seconds since 1970, whole ones: its first argument comes in as text. */
const datePart: Build = (args) => {
  requireCount('DATE_PART', args, [2, 2]);
  const [unit, value] = args;
  if (unit?.sql.replaceAll("'", '').toUpperCase() !== 'EPOCH_SECOND' || value === undefined)
    throw unsupported('DATE_PART of this unit');
  if (value.type.name !== 'TIMESTAMP_NTZ' && value.type.name !== 'TIMESTAMP_TZ')
    throw unsupported('DATE_PART of anything but a timestamp');
  // DuckDB's // rounds towards zero.
  const nanos = `CAST(${comparable(value)} AS HUGEINT)`;
  return {
    sql: `CAST((${nanos} - ((${nanos} % 1000000000) + 1000000000) % 1000000000) // 1000000000 AS DECIMAL(38,0))`,
    type: TYPES.integer,
  };
};

const now = "{'n': epoch_us(current_timestamp)::HUGEINT * 1000, 'o': 0::SMALLINT}";
const toType =
  (type: SqlType): Build =>
  (args) => {
    requireCount('TO_…', args, [1, 1]);
    return cast(args[0] ?? { sql: 'NULL', type: TYPES.null }, type);
  };

const BUILDERS: Readonly<Record<string, Build>> = {
  ABS: same('abs', null),
  ANY_VALUE: same('any_value', null),
  ARRAY_SIZE: (args) => ({
    sql: `CAST(json_array_length(${list(args)}) AS DECIMAL(38,0))`,
    type: TYPES.integer,
  }),
  AVG: average,
  CEIL: same('ceil', TYPES.integer),
  COALESCE: oneOf('coalesce'),
  CONCAT: overText('concat', TYPES.text, [1, 100]),
  COUNT: same('count', TYPES.integer),
  COUNT_IF: same('count_if', TYPES.integer),
  CURRENT_ROLE: () => ({ sql: ROLE, type: TYPES.text }),
  CURRENT_TIMESTAMP: () => ({ sql: now, type: TYPES.timestampTz }),
  CURRENT_VERSION: () => ({ sql: "'local'", type: TYPES.text }),
  DATEADD: dateAdd,
  DATE_PART: datePart,
  FLOOR: same('floor', TYPES.integer),
  GREATEST: oneOf('greatest'),
  IFF: iff,
  IFNULL: oneOf('coalesce'),
  // Roles have no hierarchy here: a session has the one that it signed in with.
  IS_ROLE_IN_SESSION: (args) => {
    requireCount('IS_ROLE_IN_SESSION', args, [1, 1]);
    return { sql: `(${list(args)} = ${ROLE})`, type: TYPES.boolean };
  },
  IS_NULL_VALUE: (args) => ({ sql: `(json_type(${list(args)}) = 'NULL')`, type: TYPES.boolean }),
  LEAST: oneOf('least'),
  LEFT: overText('left', TYPES.text, [2, 2]),
  LENGTH: overText('length', TYPES.integer),
  LISTAGG: overText('string_agg', TYPES.text, [1, 2]),
  LOWER: overText('lower', TYPES.text),
  MAX: extreme('max'),
  MIN: extreme('min'),
  NULLIF: nullIf,
  NVL: oneOf('coalesce'),
  PARSE_JSON: parseJson('PARSE_JSON'),
  RANK: same('rank', TYPES.integer, [0, 0]),
  REPLACE: overText('replace', TYPES.text, [3, 3]),
  RIGHT: overText('right', TYPES.text, [2, 2]),
  ROUND: same('round', null, [1, 2]),
  ROW_NUMBER: same('row_number', TYPES.integer, [0, 0]),
  SHA2: overText('sha256', TYPES.text),
  STARTSWITH: overText('starts_with', TYPES.boolean, [2, 2]),
  SUBSTR: overText('substr', TYPES.text, [2, 3]),
  SUM: sum,
  TO_BINARY: toBinary,
  TO_BOOLEAN: toType(TYPES.boolean),
  TO_DATE: toType(TYPES.date),
  TO_DOUBLE: toType(TYPES.float),
  TO_JSON: (args) => ({ sql: `CAST(${list(args)} AS VARCHAR)`, type: TYPES.text }),
  TO_NUMBER: toType(TYPES.integer),
  TO_TIMESTAMP_NTZ: toType(TYPES.timestampNtz),
  TO_TIMESTAMP_TZ: toType(TYPES.timestampTz),
  TO_VARCHAR: toType(TYPES.text),
  TO_VARIANT: toType(TYPES.variant),
  TRIM: overText('trim', TYPES.text),
  TRY_PARSE_JSON: parseJson('TRY_PARSE_JSON'),
  TYPEOF: typeOf,
  UPPER: overText('upper', TYPES.text),
};

/** The function of this name. @throws SqlError for one that is not in the list */
export function builderOf(name: string): Build {
  const build = Object.hasOwn(BUILDERS, name) ? BUILDERS[name] : undefined;
  if (build === undefined) throw unsupported(`the function ${name}`);
  return build;
}
