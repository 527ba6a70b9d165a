import { raisedError, SqlError } from '#snowflake/local/sql-error.ts';

/** What DuckDB refuses by itself, and as which of Snowflake's errors it goes out. */
const MEANINGS: readonly (readonly [pattern: RegExp, code: string, sqlState: string, message: string])[] = [
  [/^(?:Conversion|Out of Range) Error/, '100046', '22003', 'Number out of representable range'],
  [/division by zero/i, '100051', '22012', 'Division by zero'],
  [
    /must appear in the GROUP BY clause/,
    '000979',
    '42601',
    'SQL compilation error:\nnot a valid group by expression',
  ],
  [/^Binder Error/, '002023', '22000', 'SQL compilation error:\nan expression does not fit its place'],
  [/^INTERRUPT/, '000604', '57014', 'SQL execution canceled'],
];

/** Anything DuckDB throws, in Snowflake's shape; what is not foreseen becomes an internal error. */
export function duckdbError(error: unknown): unknown {
  if (error instanceof SqlError || !(error instanceof Error)) return error;
  const raised = raisedError(error.message);
  if (raised !== null) return raised;
  const found = MEANINGS.find(([pattern]) => pattern.test(error.message));
  if (found === undefined)
    return new SqlError('000603', 'XX000', `SQL execution internal error: ${error.message}`);
  const [, code, sqlState, message] = found;
  return new SqlError(code, sqlState, message);
}
