/**
 * What Zoner relies on in Snowflake, statement by statement. The suite runs every case against the local Snowflake, and
 * against a real account where there is one; `npm run test:second-opinion` asks other implementations about them.
 */
import { ALTER_CASES } from '#snowflake/local/contract-alter-cases.ts';
import { POLICY_CASES } from '#snowflake/local/contract-policy-cases.ts';
import { REFUSAL_CASES } from '#snowflake/local/contract-refusal-cases.ts';
import { VALUE_CASES } from '#snowflake/local/contract-value-cases.ts';

/** Documentation pages are named below this address. */
export const DOCUMENTATION = 'https://docs.snowflake.com/en/';

export interface StatementCase {
  /** The page of Snowflake's documentation that the case rests on, below `DOCUMENTATION`. */
  readonly page: string;
  readonly promise: string;
  /** Statements before it, on top of `SETUP`. */
  readonly before?: readonly string[];
  readonly sql: string;
  readonly binds?: readonly string[];
  /** The rows that it gives, the code that it is refused with, or just that it is taken. */
  readonly gives: readonly (readonly (string | null)[])[] | { readonly code: string } | 'accepted';
  /** Real Snowflake takes this, or more than this: the local one is narrower on purpose. */
  readonly stricter?: true;
  /** The documentation says that it is refused and not with which code; any code will do. */
  readonly anyCode?: true;
}

/** A case's place: `{DB}` is the database, `{AT}` its schema PUBLIC, `{T}` the table that `SETUP` makes anew for each case. */
export function inPlace(sql: string, at: string): string {
  const [database = ''] = at.split('.');
  return sql.replaceAll('{T}', `${at}."T"`).replaceAll('{AT}', at).replaceAll('{DB}', database);
}

/** Before each case. */
export const SETUP: readonly string[] = [
  'DROP TABLE IF EXISTS {T}',
  'CREATE TABLE {T} ("K" NUMBER(5,0), "S" VARCHAR(3), "V" VARIANT, "N" NUMBER(6,2) NOT NULL, PRIMARY KEY ("K"))',
  `INSERT INTO {T} SELECT 1, 'abc', PARSE_JSON('{"a":1}'), 1.25`,
];

export const CASES: readonly StatementCase[] = [
  ...VALUE_CASES,
  ...ALTER_CASES,
  ...REFUSAL_CASES,
  ...POLICY_CASES,
];
