import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isZonerError } from '#core/errors.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/**
 * Snowflake's semantics where DuckDB's are others. Each case names the page of Snowflake's SQL reference that it rests
 * on; "stricter" marks what real Snowflake takes and this server refuses on purpose.
 */

let lab: Lab;
let warehouse: Warehouse;
beforeAll(async () => {
  lab = await openLab();
  warehouse = lab.warehouse;
  await warehouse.execute('CREATE DATABASE "DB"');
});
afterAll(() => lab.close());
beforeEach(async () => {
  await warehouse.execute('DROP TABLE IF EXISTS "DB"."PUBLIC"."T"');
  await warehouse.execute(
    'CREATE TABLE "DB"."PUBLIC"."T" ("K" NUMBER(5,0), "S" VARCHAR(3), "V" VARIANT, PRIMARY KEY ("K"))',
  );
  await warehouse.execute(`INSERT INTO "DB"."PUBLIC"."T" SELECT 1, 'abc', PARSE_JSON('{"a":1}')`);
});

const T = '"DB"."PUBLIC"."T"';
const rowsOf = async (sql: string): Promise<unknown> => (await warehouse.execute(sql)).rows;
async function codeOf(sql: string): Promise<unknown> {
  try {
    await warehouse.execute(sql);
    return 'accepted';
  } catch (error) {
    return isZonerError(error) ? error.context.snowflake : error;
  }
}

test.each([
  ['alter-table-column', 'another type', `ALTER COLUMN "K" SET DATA TYPE VARCHAR`, '002108'],
  ['alter-table-column', 'another scale', `ALTER COLUMN "K" SET DATA TYPE NUMBER(9,2)`, '002108'],
  ['alter-table-column', 'a shorter text', `ALTER COLUMN "S" SET DATA TYPE VARCHAR(2)`, '040050'],
  ['alter-table-column', 'a longer text', `ALTER COLUMN "S" SET DATA TYPE VARCHAR(9)`, 'accepted'],
  [
    'alter-table-column',
    'fewer digits that the values fit',
    `ALTER COLUMN "K" SET DATA TYPE NUMBER(1,0)`,
    'accepted',
  ],
  ['alter-table-column', 'NOT NULL on a VARIANT with rows', `ALTER COLUMN "V" SET NOT NULL`, '002393'],
  ['alter-table', 'a required column on a table with rows', `ADD COLUMN "N" DATE NOT NULL`, '002108'],
  ['alter-table', 'a column that is there', `ADD COLUMN "S" DATE`, '002025'],
  ['alter-table', 'a column that is there, if it is not', `ADD COLUMN IF NOT EXISTS "S" DATE`, 'accepted'],
  ['alter-table', 'a rename to a name that is taken', `RENAME COLUMN "K" TO "S"`, '002028'],
  ['alter-table', 'a column that is not there', `DROP COLUMN "NOPE"`, '000904'],
  ['alter-table', 'a DEFAULT (stricter)', `ADD COLUMN "D" DATE DEFAULT '2026-01-01'`, '000002'],
])('%s: %s', async (_page, _what, change, code) => {
  expect(await codeOf(`ALTER TABLE ${T} ${change}`)).toBe(code);
});

test('alter-table-column: fewer digits than a value has are refused', async () => {
  await warehouse.execute(`INSERT INTO ${T} ("K") VALUES (12345)`);
  expect(await codeOf(`ALTER TABLE ${T} ALTER COLUMN "K" SET DATA TYPE NUMBER(4,0)`)).toBe('040052');
});

test('alter-table-column: NOT NULL is refused while a row has none', async () => {
  await warehouse.execute(`INSERT INTO ${T} ("K") VALUES (2)`);
  expect(await codeOf(`ALTER TABLE ${T} ALTER COLUMN "S" SET NOT NULL`)).toBe('100072');
});

test('transactions: a failed statement leaves the transaction open, with what it had written', async () => {
  await warehouse.execute('BEGIN');
  await warehouse.execute(`INSERT INTO ${T} ("K") VALUES (2)`);
  expect(await codeOf(`INSERT INTO ${T} ("S") VALUES ('too long')`)).toBe('100078');
  await warehouse.execute('COMMIT');
  expect(await rowsOf(`SELECT "K" FROM ${T} ORDER BY "K"`)).toEqual([['1'], ['2']]);
});

test('transactions: DDL commits what is open, and a rollback after it takes nothing back', async () => {
  await warehouse.execute('BEGIN');
  await warehouse.execute(`DELETE FROM ${T}`);
  await warehouse.execute(`ALTER TABLE ${T} ADD COLUMN "N" DATE`);
  await warehouse.execute('ROLLBACK');
  expect(await rowsOf(`SELECT COUNT(*) FROM ${T}`)).toEqual([['0']]);
});

test('transactions: other sessions see nothing before the commit', async () => {
  await warehouse.execute('BEGIN');
  await warehouse.execute(`DELETE FROM ${T}`);
  expect((await lab.connect().execute(`SELECT COUNT(*) FROM ${T}`)).rows).toEqual([['1']]);
  await warehouse.execute('ROLLBACK');
});

test('constraints-overview: keys are not enforced', async () => {
  await warehouse.execute(`INSERT INTO ${T} ("K") VALUES (1), (1)`);
  expect(await rowsOf(`SELECT COUNT(*) FROM ${T} WHERE "K" = 1`)).toEqual([['3']]);
});

const merge = (source: string, clauses: string): string =>
  `MERGE INTO ${T} AS t USING (${source}) AS s ON t."K" = s.K ${clauses}`;

test('merge: two source rows for one row to update are an error, and for one to insert are two rows', async () => {
  const twice = (key: number): string => `SELECT ${key} AS K UNION ALL SELECT ${key} AS K`;
  expect(await codeOf(merge(twice(1), `WHEN MATCHED THEN UPDATE SET "S" = 'x'`))).toBe('100090');
  await warehouse.execute(merge(twice(7), 'WHEN NOT MATCHED THEN INSERT ("K") VALUES (s.K)'));
  expect(await rowsOf(`SELECT COUNT(*) FROM ${T} WHERE "K" = 7`)).toEqual([['2']]);
});

test('merge: two that insert at the same time both insert, because no key stops them', async () => {
  const sql = merge('SELECT 9 AS K', 'WHEN NOT MATCHED THEN INSERT ("K") VALUES (s.K)');
  lab.server.addFault({ matches: 'SELECT 9 AS K', action: { kind: 'hold', ms: 300 }, times: 1 });
  await Promise.all([warehouse.execute(sql), lab.connect().execute(sql)]);
  expect(await rowsOf(`SELECT COUNT(*) FROM ${T} WHERE "K" = 9`)).toEqual([['2']]);
});

test.each([
  [
    'identifiers-syntax: quoted names keep their case',
    `SELECT 1 AS "a", 2 AS "A", 3 AS a`,
    [['1', '2', '3']],
  ],
  [
    'data-types-datetime: NTZ reaches 9999 and keeps its order',
    `SELECT '9999-12-31T23:59:59.999999999'::TIMESTAMP_NTZ(9) > '9999-12-31T23:59:59.999999998'::TIMESTAMP_NTZ(9)`,
    [['TRUE']],
  ],
  [
    'data-types-datetime: TZ keeps its offset',
    `SELECT '2026-03-02T07:30:00+05:30'::TIMESTAMP_TZ(0)::VARCHAR`,
    [['2026-03-02 07:30:00.000 +0530']],
  ],
  [
    'data-types-datetime: TZ compares instants',
    `SELECT '2026-03-02T07:30:00+02:00'::TIMESTAMP_TZ = '2026-03-02T05:30:00Z'::TIMESTAMP_TZ`,
    [['TRUE']],
  ],
  [
    'parse_json: an empty text is NULL, and null is not',
    `SELECT PARSE_JSON('') IS NULL, PARSE_JSON('null') IS NULL`,
    [['TRUE', 'FALSE']],
  ],
  [
    'semistructured: a path that leads nowhere is NULL',
    `SELECT PARSE_JSON('{"a":{"b":[1,2]}}'):a.b[5] IS NULL`,
    [['TRUE']],
  ],
  [
    'semistructured: JSON null becomes NULL when it is cast',
    `SELECT PARSE_JSON('{"a":null}'):a::VARCHAR IS NULL`,
    [['TRUE']],
  ],
  [
    'flatten: members of an object come by key',
    `SELECT f.KEY FROM LATERAL FLATTEN(INPUT => PARSE_JSON('{"b":1,"a":2}')) AS f`,
    [['a'], ['b']],
  ],
  [
    'qualify: filters by a window',
    `SELECT f.VALUE::NUMBER AS N FROM LATERAL FLATTEN(INPUT => PARSE_JSON('[3,1,2]')) AS f QUALIFY ROW_NUMBER() OVER (ORDER BY N) = 1`,
    [['1']],
  ],
  ['data-types-numeric: NaN equals itself', `SELECT 'NaN'::FLOAT = 'NaN'::FLOAT`, [['TRUE']]],
  [
    'order-by: NULL is the largest',
    `SELECT x FROM (SELECT 1 AS x UNION ALL SELECT NULL) AS t ORDER BY x DESC`,
    [[null], ['1']],
  ],
])('%s', async (_, sql, rows) => {
  expect(await rowsOf(sql)).toEqual(rows);
});

test.each([
  ['parse_json: what is no JSON', `SELECT PARSE_JSON('{')`, '100069'],
  ['insert: a function in VALUES (stricter)', `INSERT INTO ${T} ("V") VALUES (PARSE_JSON('1'))`, '002014'],
  ['insert: a text for a VARIANT', `INSERT INTO ${T} ("V") VALUES ('x')`, '002023'],
  ['data-types-text: an explicit cast to a shorter text (stricter)', `SELECT 'abcd'::VARCHAR(3)`, '100078'],
  [
    'data-types-numeric: a scale beyond its precision',
    `CREATE TABLE "DB"."PUBLIC"."X" ("A" NUMBER(5,6))`,
    '002040',
  ],
  [
    'data-types-datetime: ten digits of a second',
    `CREATE TABLE "DB"."PUBLIC"."X" ("A" TIMESTAMP_NTZ(10))`,
    '002040',
  ],
  ['create-table: a reserved word as a name', `CREATE TABLE "DB"."PUBLIC"."X" (ORDER DATE)`, '001003'],
  ['create-view: a view twice', `CREATE VIEW "DB"."PUBLIC"."T" AS SELECT 1 AS A`, '002002'],
  ['a table that would be replaced (stricter)', `CREATE OR REPLACE TABLE ${T} ("A" DATE)`, '000002'],
  ['session parameters: one that is unknown', `ALTER SESSION SET NOPE = 1`, '001420'],
])('%s is refused', async (_, sql, code) => {
  expect(await codeOf(sql)).toBe(code);
});

test('create-view: a view whose column was dropped fails, and works again once it is replaced', async () => {
  await warehouse.execute(`CREATE OR REPLACE VIEW "DB"."PUBLIC"."W" AS SELECT "S" FROM ${T}`);
  await warehouse.execute(`ALTER TABLE ${T} DROP COLUMN "S"`);
  expect(await codeOf('SELECT * FROM "DB"."PUBLIC"."W"')).toBe('000904');
  await warehouse.execute(`CREATE OR REPLACE VIEW "DB"."PUBLIC"."W" COPY GRANTS AS SELECT "K" FROM ${T}`);
  expect(await rowsOf('SELECT * FROM "DB"."PUBLIC"."W"')).toEqual([['1']]);
});
