import type { StatementCase } from '#snowflake/local/contract-cases.ts';

const CREATE_TABLE = 'sql-reference/sql/create-table';
const NUMERIC = 'sql-reference/data-types-numeric';

type Refused = readonly [
  page: string,
  promise: string,
  sql: string,
  code: string,
  mark?: Pick<StatementCase, 'stricter' | 'anyCode'>,
];
const ANY = { anyCode: true } as const;
const STRICTER = { stricter: true } as const;

/** What is refused, whoever asks. */
const REFUSED: readonly Refused[] = [
  [
    'sql-reference/data-types-text',
    'a text longer than its column',
    `INSERT INTO {T} ("S", "N") SELECT 'abcd', 1`,
    '100078',
  ],
  [
    'sql-reference/data-types-text',
    'an explicit cast to a shorter text',
    `SELECT 'abcd'::VARCHAR(3) AS X`,
    '100078',
    STRICTER,
  ],
  [NUMERIC, 'a number larger than its column', 'INSERT INTO {T} ("N") SELECT 12345', '100046'],
  [
    NUMERIC,
    'a text that is no number',
    `INSERT INTO {T} ("N") SELECT PARSE_JSON('"x"')::VARCHAR::NUMBER(6,2)`,
    '100038',
  ],
  [
    'sql-reference/data-types-datetime',
    'a text that is no timestamp',
    `SELECT PARSE_JSON('"x"')::VARCHAR::TIMESTAMP_TZ(3) AS X`,
    '100035',
  ],
  [
    'sql-reference/constraints-overview',
    'NULL in a NOT NULL column',
    'INSERT INTO {T} ("K") SELECT 5',
    '100072',
  ],
  ['sql-reference/functions/parse_json', 'what is no JSON', `SELECT PARSE_JSON('{') AS X`, '100069'],
  ['sql-reference/functions/parse_json', 'a key twice', `SELECT PARSE_JSON('{"a":1,"a":2}') AS X`, '100069'],
  [
    'sql-reference/sql/insert',
    'PARSE_JSON in VALUES',
    `INSERT INTO {T} ("V", "N") VALUES (PARSE_JSON('1'), 1)`,
    '002014',
  ],
  [
    'sql-reference/sql/insert',
    'a text for a VARIANT',
    `INSERT INTO {T} ("V", "N") VALUES ('x', 1)`,
    '002023',
  ],
  [NUMERIC, 'a precision beyond 38', 'CREATE TABLE {AT}."X" ("A" NUMBER(39,0))', '002040', ANY],
  [NUMERIC, 'a scale beyond its precision', 'CREATE TABLE {AT}."X" ("A" NUMBER(5,6))', '002040', ANY],
  [
    'sql-reference/data-types-datetime',
    'ten digits of a second',
    'CREATE TABLE {AT}."X" ("A" TIMESTAMP_NTZ(10))',
    '002040',
    ANY,
  ],
  [
    'sql-reference/reserved-keywords',
    'a reserved word as a name',
    'CREATE TABLE {AT}."X" (ORDER DATE)',
    '001003',
  ],
  [CREATE_TABLE, 'a column twice', 'CREATE TABLE {AT}."X" ("A" FLOAT, "A" FLOAT)', '002025'],
  [CREATE_TABLE, 'a table that is there', 'CREATE TABLE {T} ("A" FLOAT)', '002002'],
  [
    CREATE_TABLE,
    'a table that would be replaced',
    'CREATE OR REPLACE TABLE {T} ("A" DATE)',
    '000002',
    STRICTER,
  ],
  [
    'sql-reference/sql/create-view',
    'a view with the name of a table',
    'CREATE VIEW {T} AS SELECT 1 AS A',
    '002002',
    ANY,
  ],
  [
    'sql-reference/sql/alter-session',
    'a parameter that is unknown',
    'ALTER SESSION SET NOPE = 1',
    '001420',
    ANY,
  ],
  ['sql-reference/sql/select', 'a table that is not there', 'SELECT * FROM {AT}."NOPE"', '002003'],
  [
    'sql-reference/sql/select',
    'a database that is not there',
    'SELECT * FROM "ZONER_NOPE".INFORMATION_SCHEMA.COLUMNS',
    '002003',
  ],
  ['sql-reference/identifiers-syntax', 'a name in another case', 'SELECT "k" FROM {T}', '000904'],
  ['sql-reference/sql/select', 'a SELECT without anything', 'SELECT FROM', '001003'],
  [
    'sql-reference/functions/soundex',
    'a function that Zoner does not need',
    `SELECT SOUNDEX('a') AS X`,
    '000002',
    STRICTER,
  ],
  [
    'sql-reference/sql/truncate-table',
    'a statement that Zoner does not emit',
    'TRUNCATE TABLE {T}',
    '000002',
    STRICTER,
  ],
];

export const REFUSAL_CASES: readonly StatementCase[] = REFUSED.map(([page, what, sql, code, mark = {}]) => ({
  page,
  promise: `${what} is refused`,
  sql,
  gives: { code },
  ...mark,
}));
