/**
 * What ALTER COLUMN … SET DATA TYPE can do to a column (Snowflake's documentation, "ALTER TABLE … ALTER COLUMN"): more
 * digits for a number of the same scale, a longer text, and nothing else.
 */

interface Parsed {
  readonly name: string;
  readonly args: readonly number[];
}

/** Snowflake's longest text and its length where DDL names none. */
const DEFAULT_TEXT = 16_777_216;
const DEFAULT_BINARY = 8_388_608;

function parse(sql: string): Parsed {
  const [, name = sql, args] = /^([A-Z_]+)(?:\(([\d,]+)\))?$/.exec(sql) ?? [];
  return { name, args: args === undefined ? [] : args.split(',').map(Number) };
}

/** The type that a column needs so that it holds values of both, if one of them can become it; null if none can. */
export function widest(a: string, b: string): string | null {
  if (a === b) return a;
  const [left, right] = [parse(a), parse(b)];
  if (left.name !== right.name) return null;
  const [p = 0, s = 0] = left.args;
  const [q = 0, t = 0] = right.args;
  switch (left.name) {
    case 'NUMBER':
      return s === t ? (p > q ? a : b) : null;
    case 'VARCHAR':
      return (left.args[0] ?? DEFAULT_TEXT) > (right.args[0] ?? DEFAULT_TEXT) ? a : b;
    case 'BINARY':
      // The length of a BINARY cannot be altered: the first must be the longer one.
      return (left.args[0] ?? DEFAULT_BINARY) > (right.args[0] ?? DEFAULT_BINARY) ? a : null;
    default:
      return null;
  }
}

/** True if a column of type `actual` holds every value of `wanted` as it is. */
export function holds(actual: string, wanted: string): boolean {
  return widest(actual, wanted) === actual;
}

/** True if ALTER can turn `actual` into `wanted`. */
export function canAlter(actual: string, wanted: string): boolean {
  return actual !== wanted && widest(actual, wanted) === wanted;
}

/**
 * True if a value of `from` becomes one of `to` by a plain cast without losing anything that readers of `from` could
 * see: what Avro's promotions and finer units of time do.
 */
export function castKeepsValue(from: string, to: string): boolean {
  const [left, right] = [parse(from), parse(to)];
  const [p = 0, s = 0] = left.args;
  const [q = 0, t = 0] = right.args;
  if (left.name === 'NUMBER' && right.name === 'FLOAT') return true;
  if (left.name !== right.name) return false;
  if (left.name === 'NUMBER') return t >= s && q - t >= p - s;
  if (left.name === 'BINARY') return (right.args[0] ?? DEFAULT_BINARY) >= (left.args[0] ?? DEFAULT_BINARY);
  return /^TIME/.test(left.name) && (q || 9) >= (p || 9);
}

/** `NUMBER(12,4)` as part of a name: `NUMBER_12_4`. */
export function typeSuffix(sql: string): string {
  return sql.replace(/[(),]+/g, '_').replace(/_$/, '');
}
