import { compilationError, unsupported } from '#snowflake/local/sql-error.ts';

/** What a session was set to, by parameter. */
export type SessionParameters = Map<string, string>;

/** The parameters that a session may set, and the values that this server can honour; null means any. */
const KNOWN: Readonly<Record<string, RegExp | null>> = {
  QUERY_TAG: null,
  TIMEZONE: /^UTC$/i,
  TIMESTAMP_TYPE_MAPPING: /^TIMESTAMP_NTZ$/i,
  STATEMENT_TIMEOUT_IN_SECONDS: /^\d+$/,
  ABORT_DETACHED_QUERY: /^TRUE$/i,
  LOCK_TIMEOUT: /^\d+$/,
  QUOTED_IDENTIFIERS_IGNORE_CASE: /^FALSE$/i,
  ERROR_ON_NONDETERMINISTIC_MERGE: /^TRUE$/i,
  CLIENT_SESSION_KEEP_ALIVE: null,
};

/** @throws SqlError for a parameter that Snowflake does not know, or a value that this server cannot honour */
export function setParameter(parameters: SessionParameters, name: string, value: string): void {
  const allowed = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  if (allowed === undefined) throw compilationError('001420', '22023', `invalid parameter '${name}'`);
  if (allowed !== null && !allowed.test(value)) throw unsupported(`the session parameter ${name} = ${value}`);
  parameters.set(name, value);
}
