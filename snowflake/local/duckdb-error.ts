import { SqlError } from '#snowflake/local/sql-error.ts';

/** What DuckDB refuses, and as which of Snowflake's errors it goes out. */
const MEANINGS: readonly (readonly [pattern: RegExp, code: string, sqlState: string, message: string])[] = [
  [
    /^Constraint Error: NOT NULL constraint failed/,
    '100072',
    '22000',
    'NULL result in a non-nullable column',
  ],
  [
    /^Constraint Error: CHECK constraint failed/,
    '100078',
    '22000',
    'String is too long and would be truncated',
  ],
  [
    /^Conversion Error: .*(timestamp|date|time) /i,
    '100035',
    '22007',
    'Timestamp, date or time is not recognized',
  ],
  [/^Conversion Error: .*DECIMAL/, '100038', '22018', 'Numeric value is not recognized or out of range'],
  [/^Conversion Error: .*BOOL/, '100037', '22018', 'Boolean value is not recognized'],
  [/^(?:Invalid Input|Conversion) Error: .*(?:JSON|json)/, '100069', '22P02', 'Error parsing JSON'],
  [/^Conversion Error/, '100038', '22018', 'Value is not recognized'],
  [/^Binder Error/, '002023', '22000', 'SQL compilation error:\nexpression does not fit its place'],
];

/** Anything DuckDB throws, in Snowflake's shape; what is not foreseen becomes an internal error. */
export function duckdbError(error: unknown): unknown {
  if (error instanceof SqlError || !(error instanceof Error)) return error;
  const found = MEANINGS.find(([pattern]) => pattern.test(error.message));
  if (found === undefined)
    return new SqlError('000603', 'XX000', `SQL execution internal error: ${error.message}`);
  const [, code, sqlState, message] = found;
  return new SqlError(code, sqlState, message);
}
