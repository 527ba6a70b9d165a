/** A refusal in Snowflake's shape. Codes are those that Snowflake's documentation and connectors name. */
export class SqlError extends Error {
  readonly code: string;
  readonly sqlState: string;

  constructor(code: string, sqlState: string, message: string) {
    super(message);
    this.code = code;
    this.sqlState = sqlState;
  }
}

export function compilationError(code: string, sqlState: string, what: string): SqlError {
  return new SqlError(code, sqlState, `SQL compilation error:\n${what}`);
}

export function syntaxError(what: string): SqlError {
  return compilationError('001003', '42000', `syntax error ${what}`);
}

/** What real Snowflake may well understand, and this server does not. */
export function unsupported(what: string): SqlError {
  const message = `Unsupported by the local Snowflake, which is not the real one: ${what}`;
  return new SqlError('000002', '0A000', message);
}

export function missingObject(kind: string, name: string): SqlError {
  return compilationError('002003', '42S02', `${kind} '${name}' does not exist or not authorized.`);
}

export function invalidIdentifier(name: string): SqlError {
  return compilationError('000904', '42000', `invalid identifier '${name}'`);
}

/** Values of rows that break a rule, as Snowflake tells them. */
export const ROW_ERRORS = {
  boolean: ['100037', '22018', 'Boolean value is not recognized'],
  number: ['100038', '22018', 'Numeric value is not recognized'],
  range: ['100046', '22003', 'Number out of representable range'],
  date: ['100040', '22007', 'Date is not recognized'],
  time: ['100108', '22007', 'Time is not recognized'],
  timestamp: ['100035', '22007', 'Timestamp is not recognized'],
  json: ['100069', '22P02', 'Error parsing JSON'],
  binary: ['100115', '22000', 'The value is not legal hex or base64'],
  null: ['100072', '22000', 'NULL result in a non-nullable column'],
  length: ['100078', '22000', 'String is too long and would be truncated'],
} as const;

export type RowError = keyof typeof ROW_ERRORS;

const MARK = 'zoner-row-error:';

/** What a failing function of DuckDB says, for `raisedError` to recognize. */
export function errorMark(error: RowError): string {
  return `${MARK}${error}`;
}

/** DuckDB text of an expression that fails with such an error. */
export function raise(error: RowError): string {
  return `error('${errorMark(error)}')`;
}

/** The error that a generated statement raised, or null. */
export function raisedError(message: string): SqlError | null {
  const found = new RegExp(`${MARK}(\\w+)`).exec(message)?.[1];
  if (found === undefined || !Object.hasOwn(ROW_ERRORS, found)) return null;
  const [code, sqlState, text] = ROW_ERRORS[found as RowError];
  return new SqlError(code, sqlState, text);
}
