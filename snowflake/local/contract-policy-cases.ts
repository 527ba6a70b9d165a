import type { StatementCase } from '#snowflake/local/contract-cases.ts';

const POLICY = 'sql-reference/sql/create-masking-policy';
const INTRO = 'user-guide/security-column-intro';
const TAG = 'sql-reference/sql/create-tag';

/** A policy that hides from everybody, and one that hides from nobody who could run these cases. */
const HIDE = `CREATE MASKING POLICY IF NOT EXISTS {AT}."HIDE" AS ("VAL" VARCHAR) RETURNS VARCHAR -> CASE WHEN IS_ROLE_IN_SESSION('NOBODY') THEN "VAL" ELSE '•••' END`;
const HIDE_NUMBER = `CREATE MASKING POLICY IF NOT EXISTS {AT}."HIDE_NUMBER" AS ("VAL" NUMBER) RETURNS NUMBER -> CASE WHEN IS_ROLE_IN_SESSION('NOBODY') THEN "VAL" ELSE NULL END`;
const HIDE_VARIANT = `CREATE MASKING POLICY IF NOT EXISTS {AT}."HIDE_VARIANT" AS ("VAL" VARIANT) RETURNS VARIANT -> CASE WHEN IS_ROLE_IN_SESSION('NOBODY') THEN "VAL" ELSE NULL END`;
const SHOW_ALL = `CREATE MASKING POLICY IF NOT EXISTS {AT}."SHOW_ALL" AS ("VAL" VARCHAR) RETURNS VARCHAR -> CASE WHEN IS_ROLE_IN_SESSION(CURRENT_ROLE()) THEN "VAL" ELSE '•••' END`;
const TAGS = `CREATE TAG IF NOT EXISTS {AT}."LABEL" ALLOWED_VALUES 'A', 'B' COMMENT = 'letters'`;

const set = (column: string, policy: string): string =>
  `ALTER TABLE {T} ALTER COLUMN "${column}" SET MASKING POLICY {AT}."${policy}"`;
const unset = (column: string): string => `ALTER TABLE {T} ALTER COLUMN "${column}" UNSET MASKING POLICY`;
const HIDDEN = [HIDE, set('S', 'HIDE')];

/** Tags and masking policies, which need the Enterprise Edition. */
export const POLICY_CASES: readonly StatementCase[] = [
  {
    page: INTRO,
    promise: 'a role that a policy does not name sees the mask',
    before: HIDDEN,
    sql: 'SELECT "S" FROM {T}',
    gives: [['•••']],
  },
  {
    page: INTRO,
    promise: 'a role that a policy names sees the value',
    before: [SHOW_ALL, set('S', 'SHOW_ALL')],
    sql: 'SELECT "S" FROM {T}',
    gives: [['abc']],
  },
  {
    page: INTRO,
    promise: 'a mask holds behind a view, and wherever the column stands',
    before: [...HIDDEN, 'CREATE OR REPLACE VIEW {AT}."M" AS SELECT "S", LENGTH("S") AS N FROM {T}'],
    sql: `SELECT "S", N FROM {AT}."M" WHERE "S" <> 'abc'`,
    gives: [['•••', '3']],
  },
  {
    page: INTRO,
    promise: 'a mask holds in the condition of an UPDATE',
    before: [
      ...HIDDEN,
      `UPDATE {T} SET "K" = 9 WHERE "S" = 'abc'`,
      `UPDATE {T} SET "N" = 2 WHERE "S" = '•••'`,
    ],
    sql: 'SELECT "K", "N" FROM {T}',
    gives: [['1', '2.00']],
  },
  {
    page: INTRO,
    promise: 'a mask holds in the condition of a DELETE',
    before: [...HIDDEN, `DELETE FROM {T} WHERE "S" = 'abc'`],
    sql: 'SELECT COUNT(*) AS N FROM {T}',
    gives: [['1']],
  },
  {
    page: INTRO,
    promise: 'what is written to a masked column is the value, and shows once the mask is gone',
    before: [...HIDDEN, `UPDATE {T} SET "S" = 'new'`, unset('S')],
    sql: 'SELECT "S" FROM {T}',
    gives: [['new']],
  },
  {
    page: INTRO,
    promise: 'a policy without length or digits masks a column that has them',
    before: [HIDE_NUMBER, set('N', 'HIDE_NUMBER')],
    sql: 'SELECT "N" FROM {T}',
    gives: [[null]],
  },
  {
    page: INTRO,
    promise: 'a VARIANT is masked as a whole',
    before: [HIDE_VARIANT, set('V', 'HIDE_VARIANT')],
    sql: 'SELECT "V":a::VARCHAR AS A FROM {T}',
    gives: [[null]],
  },
  {
    page: INTRO,
    promise: 'a policy of another type is refused',
    before: [HIDE],
    sql: set('K', 'HIDE'),
    gives: { code: '003521' },
    anyCode: true,
  },
  {
    page: INTRO,
    promise: 'the same policy is set again without harm',
    before: HIDDEN,
    sql: set('S', 'HIDE'),
    gives: 'accepted',
  },
  {
    page: INTRO,
    promise: 'another policy is refused while one is set',
    before: [...HIDDEN, SHOW_ALL],
    sql: set('S', 'SHOW_ALL'),
    gives: { code: '003529' },
  },
  {
    page: INTRO,
    promise: 'another policy takes its place with FORCE',
    before: [...HIDDEN, SHOW_ALL, `${set('S', 'SHOW_ALL')} FORCE`],
    sql: 'SELECT "S" FROM {T}',
    gives: [['abc']],
  },
  {
    page: INTRO,
    promise: 'a policy that a column has cannot be dropped',
    before: HIDDEN,
    sql: 'DROP MASKING POLICY {AT}."HIDE"',
    gives: { code: '003531' },
  },
  {
    page: 'sql-reference/sql/drop-masking-policy',
    promise: 'a policy that no column has can be dropped, and one that is not there if it exists',
    before: [HIDE_NUMBER, 'DROP MASKING POLICY {AT}."HIDE_NUMBER"'],
    sql: 'DROP MASKING POLICY IF EXISTS {AT}."HIDE_NUMBER"',
    gives: 'accepted',
  },
  {
    page: POLICY,
    promise: 'a policy that gives another type than it takes is refused',
    sql: `CREATE MASKING POLICY {AT}."WRONG" AS ("VAL" NUMBER) RETURNS NUMBER -> 'text'`,
    gives: { code: '002023' },
    anyCode: true,
  },
  {
    page: INTRO,
    promise: 'a policy that is not there is refused',
    sql: set('S', 'NOPE'),
    gives: { code: '002003' },
  },
  {
    page: 'sql-reference/sql/alter-masking-policy',
    promise: 'another body holds for every column at once',
    before: [
      SHOW_ALL.replace('SHOW_ALL', 'CHANGES'),
      set('S', 'CHANGES'),
      `ALTER MASKING POLICY {AT}."CHANGES" SET BODY -> 'x'`,
    ],
    sql: 'SELECT "S" FROM {T}',
    gives: [['x']],
  },
  {
    page: 'sql-reference/functions/policy_references',
    promise: 'each masked column of a table is told with its policy',
    before: HIDDEN,
    sql: `SELECT REF_COLUMN_NAME, POLICY_SCHEMA, POLICY_NAME FROM TABLE({DB}.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => '{T}', REF_ENTITY_DOMAIN => 'TABLE')) WHERE POLICY_KIND = 'MASKING_POLICY'`,
    gives: [['S', 'PUBLIC', 'HIDE']],
  },
  {
    page: 'user-guide/security-column-intro',
    promise: 'a column that is renamed keeps its policy',
    before: [...HIDDEN, 'ALTER TABLE {T} RENAME COLUMN "S" TO "Z"'],
    sql: 'SELECT "Z" FROM {T}',
    gives: [['•••']],
  },
  {
    page: TAG,
    promise: 'a tag is set on a column, and told with its value',
    before: [TAGS, `ALTER TABLE {T} ALTER COLUMN "S" SET TAG {AT}."LABEL" = 'A'`],
    sql: `SELECT COLUMN_NAME, TAG_VALUE FROM TABLE({DB}.INFORMATION_SCHEMA.TAG_REFERENCES_ALL_COLUMNS('{T}', 'TABLE')) WHERE TAG_NAME = 'LABEL' AND LEVEL = 'COLUMN'`,
    gives: [['S', 'A']],
  },
  {
    page: TAG,
    promise: 'a tag is taken from a column',
    before: [
      TAGS,
      `ALTER TABLE {T} ALTER COLUMN "S" SET TAG {AT}."LABEL" = 'A'`,
      'ALTER TABLE {T} ALTER COLUMN "S" UNSET TAG {AT}."LABEL"',
    ],
    sql: `SELECT COLUMN_NAME FROM TABLE({DB}.INFORMATION_SCHEMA.TAG_REFERENCES_ALL_COLUMNS('{T}', 'TABLE')) WHERE TAG_NAME = 'LABEL' AND LEVEL = 'COLUMN'`,
    gives: [],
  },
  {
    page: TAG,
    promise: 'a value that the tag does not allow is refused',
    before: [TAGS],
    sql: `ALTER TABLE {T} ALTER COLUMN "S" SET TAG {AT}."LABEL" = 'C'`,
    gives: { code: '391802' },
    anyCode: true,
  },
];
