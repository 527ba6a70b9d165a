import type { StatementCase } from '#snowflake/local/contract-cases.ts';

const COLUMN = 'sql-reference/sql/alter-table-column';
const TABLE = 'sql-reference/sql/alter-table';
const NOT_NULL_CODE = { code: '001471' };

function alter(
  page: string,
  promise: string,
  change: string,
  gives: StatementCase['gives'],
  more: Partial<StatementCase> = {},
): StatementCase {
  return { page, promise, sql: `ALTER TABLE {T} ${change}`, gives, ...more };
}

/** What ALTER TABLE does to a table with a row in it. */
export const ALTER_CASES: readonly StatementCase[] = [
  alter(COLUMN, 'another type is refused', 'ALTER COLUMN "K" SET DATA TYPE VARCHAR', { code: '002108' }),
  alter(COLUMN, 'another scale is refused', 'ALTER COLUMN "K" SET DATA TYPE NUMBER(9,2)', { code: '040052' }),
  alter(COLUMN, 'a shorter text is refused', 'ALTER COLUMN "S" SET DATA TYPE VARCHAR(2)', { code: '040050' }),
  alter(COLUMN, 'a longer text is taken', 'ALTER COLUMN "S" SET DATA TYPE VARCHAR(9)', 'accepted'),
  alter(COLUMN, 'more digits are taken', 'ALTER COLUMN "N" SET DATA TYPE NUMBER(9,2)', 'accepted'),
  alter(
    COLUMN,
    'fewer digits that the values fit are taken',
    'ALTER COLUMN "K" SET DATA TYPE NUMBER(1,0)',
    'accepted',
  ),
  alter(
    COLUMN,
    'fewer digits than a value has are refused',
    'ALTER COLUMN "K" SET DATA TYPE NUMBER(4,0)',
    { code: '002108' },
    { before: ['INSERT INTO {T} ("K", "N") VALUES (12345, 1)'], anyCode: true },
  ),
  alter(COLUMN, 'NOT NULL is taken where no row lacks a value', 'ALTER COLUMN "S" SET NOT NULL', 'accepted'),
  alter(
    COLUMN,
    'NOT NULL is refused while a row has no value',
    'ALTER COLUMN "S" SET NOT NULL',
    NOT_NULL_CODE,
    {
      before: ['INSERT INTO {T} ("K", "N") VALUES (2, 1)'],
    },
  ),
  alter(
    COLUMN,
    'NOT NULL on a VARIANT is refused while there are rows',
    'ALTER COLUMN "V" SET NOT NULL',
    NOT_NULL_CODE,
  ),
  alter(
    COLUMN,
    'NOT NULL on a VARIANT is taken by an empty table',
    'ALTER COLUMN "V" SET NOT NULL',
    'accepted',
    {
      before: ['DELETE FROM {T}'],
    },
  ),
  alter(COLUMN, 'NOT NULL can be taken away', 'ALTER COLUMN "N" DROP NOT NULL', 'accepted'),
  alter(COLUMN, 'a comment can be set', `ALTER COLUMN "S" COMMENT 'it''s text'`, 'accepted'),
  alter(COLUMN, 'a comment can be taken away', 'ALTER COLUMN "S" UNSET COMMENT', 'accepted'),
  alter(TABLE, 'a nullable column can be added', `ADD COLUMN "X" DATE COMMENT 'a day'`, 'accepted'),
  alter(
    TABLE,
    'a required column without a default is refused while there are rows',
    'ADD COLUMN "X" DATE NOT NULL',
    {
      code: '002108',
    },
    { anyCode: true },
  ),
  alter(TABLE, 'a column that is there is refused', 'ADD COLUMN "S" DATE', { code: '001430' }),
  alter(
    TABLE,
    'a column that is there is passed over, if it is only added where it is missing',
    'ADD COLUMN IF NOT EXISTS "S" DATE',
    'accepted',
  ),
  alter(TABLE, 'a column can be renamed', 'RENAME COLUMN "S" TO "Z"', 'accepted'),
  alter(
    TABLE,
    'a name that is taken is refused',
    'RENAME COLUMN "K" TO "S"',
    { code: '001430' },
    { anyCode: true },
  ),
  alter(TABLE, 'a column can be dropped', 'DROP COLUMN "S"', 'accepted'),
  alter(
    TABLE,
    'a column that is not there cannot be dropped',
    'DROP COLUMN "NOPE"',
    { code: '000904' },
    { anyCode: true },
  ),
  alter(
    TABLE,
    'a column that is not there can be dropped if it exists',
    'DROP COLUMN IF EXISTS "NOPE"',
    'accepted',
  ),
  alter(
    TABLE,
    'a DEFAULT is refused',
    `ADD COLUMN "D" DATE DEFAULT '2026-01-01'::DATE`,
    { code: '000002' },
    { stricter: true },
  ),
];
