import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isZonerError } from '#core/errors.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { type Engine, openEngine } from '#snowflake/local/engine.ts';
import { type LocalSnowflake, serve } from '#snowflake/local/server.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/** The statements that Zoner emits, through the unmodified driver, against the local Snowflake. */

let engine: Engine;
let server: LocalSnowflake;
let warehouse: Warehouse;

beforeAll(async () => {
  engine = await openEngine(null);
  server = await serve(engine, 0);
  warehouse = connectTo(server);
  await warehouse.execute('CREATE DATABASE IF NOT EXISTS "LAB"');
  await warehouse.execute(`CREATE TABLE IF NOT EXISTS "LAB"."PUBLIC"."T" (
    "ID" NUMBER(19,0) NOT NULL COMMENT 'it''s the key', "NAME" VARCHAR(3), "AMOUNT" NUMBER(6,2), "RATIO" FLOAT,
    "AT" TIMESTAMP_TZ(3), "LOCAL" TIMESTAMP_NTZ(9), "DAY" DATE, "CLOCK" TIME(6), "FLAG" BOOLEAN, "RAW" BINARY,
    "DOC" VARIANT, PRIMARY KEY ("ID")) COMMENT = 'a table'`);
});

afterAll(async () => {
  await warehouse.close();
  await server.close();
  engine.close();
});

function connectTo({ url }: LocalSnowflake): Warehouse {
  const place = { database: 'LAB', schema: 'PUBLIC', warehouse: null, role: null };
  const config = { account: 'local', user: 'u', auth: { password: 'p' }, accessUrl: url, ...place };
  return createWarehouse(config, { appVersion: '0' });
}

const merge = (columns: Readonly<Record<string, string>>): string => {
  const items = Object.entries(columns).map(([name, type]) => `f.VALUE:"${name}"${type} AS "${name}"`);
  const names = Object.keys(columns).map((name) => `"${name}"`);
  return `MERGE INTO "LAB"."PUBLIC"."T" AS t USING (SELECT ${items.join(', ')} FROM LATERAL FLATTEN(INPUT => PARSE_JSON(?)) AS f) AS s
    ON t."ID" = s."ID" WHEN NOT MATCHED THEN INSERT (${names.join(', ')}) VALUES (${names.map((name) => `s.${name}`).join(', ')})`;
};

const insert = (
  id: number,
  columns: Readonly<Record<string, string>>,
  row: Readonly<Record<string, unknown>>,
) => warehouse.execute(merge({ ID: '::NUMBER(19,0)', ...columns }), [JSON.stringify([{ ID: id, ...row }])]);

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isZonerError(error)) return `${error.code} ${error.context.snowflake}`;
    throw error;
  }
  return 'accepted';
}

test.each([
  ['AMOUNT', '::VARCHAR::NUMBER(6,2)', '1234.56', '1234.56'],
  ['RATIO', '::VARCHAR::FLOAT', '-1.5', '-1.5'],
  ['AT', '::VARCHAR::TIMESTAMP_TZ(3)', '2026-03-02T07:30:00.123Z', '2026-03-02 07:30:00.123 +0000'],
  ['AT', '::VARCHAR::TIMESTAMP_TZ(3)', '1969-12-31T23:59:59.500Z', '1969-12-31 23:59:59.500 +0000'],
  ['LOCAL', '::VARCHAR::TIMESTAMP_NTZ(9)', '2026-03-02T07:30:00.000000000', '2026-03-02 07:30:00.000'],
  ['DAY', '::VARCHAR::DATE', '2026-03-02', '2026-03-02'],
  ['CLOCK', '::VARCHAR::TIME(6)', '07:30:00.123456', '07:30:00.123456000'],
  ['FLAG', '::BOOLEAN', true, 'TRUE'],
  ['NAME', '::VARCHAR', 'äöü', 'äöü'],
  ['DOC', '', { kind: 'Meal', list: [1, '2'] }, '{"kind":"Meal","list":[1,"2"]}'],
])('%s comes back as it went in (%#)', async (column, type, value, text) => {
  const id = 100 + Math.floor(Math.random() * 1e9);
  await insert(id, { [column]: type }, { [column]: value });
  const { rows } = await warehouse.execute(`SELECT "${column}" FROM "LAB"."PUBLIC"."T" WHERE "ID" = ${id}`);
  expect(rows).toEqual([[text]]);
});

test('a number of 19 digits keeps every one of them', async () => {
  await warehouse.execute(merge({ ID: '::VARCHAR::NUMBER(19,0)' }), ['[{"ID":"9223372036854775807"}]']);
  const { rows } = await warehouse.execute(
    'SELECT "ID" FROM "LAB"."PUBLIC"."T" WHERE "ID" = 9223372036854775807',
  );
  expect(rows).toEqual([['9223372036854775807']]);
});

test('bytes go in as base64 and come out as hex', async () => {
  const sql = `SELECT TO_BINARY('/wA=', 'BASE64') AS B`;
  expect((await warehouse.execute(sql)).rows).toEqual([['FF00']]);
});

test('a MERGE says how many rows it inserted, and inserts none twice', async () => {
  expect((await insert(1, {}, {})).affected).toBe(1);
  expect((await insert(1, {}, {})).affected).toBe(0);
});

test('a MERGE inserts every copy that its source holds, as Snowflake does', async () => {
  await warehouse.execute(merge({ ID: '::NUMBER(19,0)' }), ['[{"ID":2},{"ID":2}]']);
  const { rows } = await warehouse.execute('SELECT COUNT(*)::VARCHAR FROM "LAB"."PUBLIC"."T" WHERE "ID" = 2');
  expect(rows).toEqual([['2']]);
});

test('JSON null and what is not there become NULL when they are cast', async () => {
  const { rows } = await warehouse.execute(
    `SELECT PARSE_JSON('{"a":null}'):a::VARCHAR AS A, PARSE_JSON('{}'):b::VARCHAR AS B`,
  );
  expect(rows).toEqual([[null, null]]);
});

test('paths into a VARIANT, grouping by an alias and counting work as in Snowflake', async () => {
  await insert(20, { DOC: '' }, { DOC: { kind: 'Nap' } });
  await insert(21, { DOC: '' }, { DOC: { kind: 'Nap' } });
  const sql = `SELECT "DOC":kind::VARCHAR AS KIND, COUNT(*) AS N FROM "LAB"."PUBLIC"."T" WHERE "ID" IN (20, 21) GROUP BY KIND ORDER BY KIND`;
  expect(await warehouse.execute(sql)).toMatchObject({ columns: ['KIND', 'N'], rows: [['Nap', '2']] });
});

test('INFORMATION_SCHEMA knows columns with their types', async () => {
  const { rows } = await warehouse.execute(
    `SELECT COLUMN_NAME, DATA_TYPE, NUMERIC_PRECISION, IS_NULLABLE FROM "LAB".INFORMATION_SCHEMA.COLUMNS
     WHERE TABLE_SCHEMA = ? AND TABLE_NAME = 'T' ORDER BY ORDINAL_POSITION LIMIT 2`,
    ['PUBLIC'],
  );
  expect(rows).toEqual([
    ['ID', 'NUMBER', '19', 'NO'],
    ['NAME', 'TEXT', null, 'YES'],
  ]);
});

test.each([
  ['a text too long', { NAME: '::VARCHAR' }, { NAME: 'abcd' }, 'DATA_REFUSED 100078'],
  ['a number too large', { AMOUNT: '::VARCHAR::NUMBER(6,2)' }, { AMOUNT: '12345.00' }, 'DATA_REFUSED 100132'],
  ['text for a number', { AMOUNT: '::VARCHAR::NUMBER(6,2)' }, { AMOUNT: 'x' }, 'DATA_REFUSED 100038'],
  ['text for a timestamp', { AT: '::VARCHAR::TIMESTAMP_TZ(3)' }, { AT: 'x' }, 'DATA_REFUSED 100035'],
])('%s is refused as data', async (_, columns, row, code) => {
  expect(await codeOf(insert(50, columns, row))).toBe(code);
});

test('NULL in a NOT NULL column is refused as data', async () => {
  expect(await codeOf(warehouse.execute(merge({ ID: '::NUMBER(19,0)' }), ['[{}]']))).toBe(
    'DATA_REFUSED 100072',
  );
});

test.each([
  ['a table that is not there', 'SELECT * FROM "LAB"."PUBLIC"."NOPE"', 'TABLE_MISSING 002003'],
  ['a database that is not there', 'SELECT * FROM "NOPE".INFORMATION_SCHEMA.COLUMNS', 'TABLE_MISSING 002003'],
  ['a column that is not there', 'SELECT "id" FROM "LAB"."PUBLIC"."T"', 'WAREHOUSE_REFUSED 000904'],
  ['a syntax error', 'SELECT FROM', 'WAREHOUSE_REFUSED 001003'],
  ['an unknown function', 'SELECT SOUNDEX(1)', 'WAREHOUSE_REFUSED 000002'],
  ['a statement that Zoner does not emit', 'TRUNCATE TABLE "LAB"."PUBLIC"."T"', 'WAREHOUSE_REFUSED 000002'],
  ['a precision beyond 38', 'CREATE TABLE "LAB"."PUBLIC"."X" ("A" NUMBER(39,0))', 'WAREHOUSE_REFUSED 002040'],
  ['a column twice', 'CREATE TABLE "LAB"."PUBLIC"."X" ("A" FLOAT, "A" FLOAT)', 'WAREHOUSE_REFUSED 002025'],
  ['a table twice', 'CREATE TABLE "LAB"."PUBLIC"."T" ("A" FLOAT)', 'WAREHOUSE_REFUSED 002002'],
])('%s is refused in the shape of Snowflake', async (_, sql, code) => {
  expect(await codeOf(warehouse.execute(sql))).toBe(code);
});

test('what was acknowledged is in the file, whatever happens next', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zoner-local-'));
  const path = join(folder, 'data.duckdb');
  const first = await openEngine(path);
  const session = await first.openSession(async () => {});
  await session.execute('CREATE DATABASE "D"', []);
  await session.execute('CREATE TABLE "D"."PUBLIC"."T" ("A" VARCHAR)', []);
  await session.close();
  first.close();
  const second = await openEngine(path);
  const again = await second.openSession(async () => {});
  expect((await again.execute('SELECT * FROM "D"."PUBLIC"."T"', [])).rows).toEqual([]);
  await again.close();
  second.close();
  rmSync(folder, { recursive: true });
});
