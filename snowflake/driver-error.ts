import { type ErrorCode, isZonerError, messageOf, ZonerError } from '#core/errors.ts';
import { tlsError } from '#core/tls-error.ts';
import { SNOWFLAKE_TLS } from '#snowflake/reachable.ts';

/**
 * Snowflake's codes, as its documentation and connectors list them: what is not there or not granted, which session is
 * over, who may not sign in. Everything else that carries a code is a refusal, and what carries none an outage.
 */
const MEANING: Readonly<Record<string, ErrorCode>> = {
  '002003': 'TABLE_MISSING',
  '002043': 'TABLE_MISSING',
  '390104': 'WAREHOUSE_UNAVAILABLE',
  '390111': 'WAREHOUSE_UNAVAILABLE',
  '390112': 'WAREHOUSE_UNAVAILABLE',
  '390113': 'WAREHOUSE_UNAVAILABLE',
  '390114': 'WAREHOUSE_UNAVAILABLE',
  '390115': 'WAREHOUSE_UNAVAILABLE',
  '000625': 'WAREHOUSE_UNAVAILABLE',
  '000604': 'WAREHOUSE_UNAVAILABLE',
  '000630': 'WAREHOUSE_UNAVAILABLE',
};

/**
 * What the values of a row did, and nothing else: each of these is of the SQL standard's class 22, data exceptions. Only
 * they halve a flush. Other codes of the hundred thousands are about functions and rights.
 */
const DATA_CODES: ReadonlySet<string> = new Set([
  '100035', // a timestamp is not recognized
  '100037', // a boolean
  '100038', // a number
  '100039', // a number in text is out of range
  '100040', // a date
  '100046', // a number is out of its column's range
  '100069', // JSON
  '100071', // a VARIANT has no such cast
  '100072', // NULL where none may be
  '100078', // a text is longer than its column
  '100082', // a value is larger than any may be
  '100096', // text is no timestamp of its format
  '100108', // a time
  '100115', // binary
]);

/** Every other code of this range is about who signs in, with what, as which role, and from where. */
const SIGN_IN_CODE = /^390\d{3}$/;

/** The driver's own codes (of the client, six digits from 400000 on) are about the network and the session. */
const DRIVER_CODE = /^40\d{4}$/;

/** Of a role that may do something to an object, but not this. */
const INSUFFICIENT_PRIVILEGES = '003001';

/** What a failed statement means. Data errors of Snowflake quote the value, so their text goes no further. */
export function driverError(error: unknown, doing: string): ZonerError {
  if (isZonerError(error)) return error;
  const code = codeOf(error);
  if (code === null || DRIVER_CODE.test(code)) {
    const refused = tlsError(error, SNOWFLAKE_TLS);
    if (refused !== null) return refused;
    return new ZonerError('WAREHOUSE_UNAVAILABLE', `${doing}: ${messageOf(error)}`, { cause: error });
  }
  const meaning = meaningOf(code);
  const says =
    meaning === 'DATA_REFUSED' ? `a value does not fit ${columnIn(messageOf(error))}` : messageOf(error);
  return new ZonerError(meaning, `${doing}: ${says} (Snowflake ${code})`, {
    context: { snowflake: code },
    ...(code === INSUFFICIENT_PRIVILEGES
      ? { remedy: 'Grant this role what it needs: zoner snowflake grants' }
      : {}),
    ...(meaning === 'DATA_REFUSED' ? {} : { cause: error }),
  });
}

/**
 * True if it is Snowflake's own word on the statement, which has ended with it. What Snowflake says of the session or of who
 * signs in is none: a statement that was sent before may run on.
 */
export function isAboutStatement({ context: { snowflake } }: ZonerError): boolean {
  return snowflake !== undefined && !SIGN_IN_CODE.test(String(snowflake));
}

function meaningOf(code: string): ErrorCode {
  if (DATA_CODES.has(code)) return 'DATA_REFUSED';
  return MEANING[code] ?? (SIGN_IN_CODE.test(code) ? 'WAREHOUSE_AUTH' : 'WAREHOUSE_REFUSED');
}

/** The column, where Snowflake names it before it quotes the value. */
function columnIn(message: string): string {
  const name = /^DML operation to table \S+ failed on column (\w+) with error/.exec(message)?.[1];
  return name === undefined ? 'its column' : `the column ${name}`;
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  const text = String(error.code);
  return /^\d{1,6}$/.test(text) ? text.padStart(6, '0') : null;
}
