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

export function syntaxError(what: string): SqlError {
  return new SqlError('001003', '42000', `SQL compilation error:\nsyntax error ${what}`);
}

/** What real Snowflake may well understand, and this server does not. */
export function unsupported(what: string): SqlError {
  return new SqlError(
    '000002',
    '0A000',
    `Unsupported by the local Snowflake, which is not the real one: ${what}`,
  );
}

export function missingObject(kind: string, name: string): SqlError {
  return new SqlError(
    '002003',
    '42S02',
    `SQL compilation error:\n${kind} '${name}' does not exist or not authorized.`,
  );
}
