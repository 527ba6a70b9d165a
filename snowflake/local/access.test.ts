import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '#snowflake/local/engine.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

const AT = '"LAB"."PUBLIC"';
const NAPS = `${AT}."NAPS"`;
const HIDDEN = { context: { snowflake: '002003' } };
const INSUFFICIENT = { context: { snowflake: '003001' } };

let lab: Lab;
let admin: Warehouse;
let count = 0;

beforeAll(async () => {
  lab = await openLab();
  admin = lab.warehouse;
  await admin.execute('CREATE DATABASE "LAB"');
  await admin.execute(`CREATE TABLE ${NAPS} ("K" NUMBER(5,0))`);
  await admin.execute(`INSERT INTO ${NAPS} ("K") VALUES (1)`);
});
afterAll(() => lab.close());

/** A session with a role of its own, which may do what it is granted, and has USAGE of database and schema. */
async function roleWith(...grants: readonly string[]): Promise<{ role: string; session: Warehouse }> {
  const role = `"ROLE_${count++}"`;
  await admin.execute(`CREATE ROLE ${role}`);
  for (const each of ['USAGE ON DATABASE "LAB"', `USAGE ON SCHEMA ${AT}`, ...grants])
    await admin.execute(`GRANT ${each} TO ROLE ${role}`);
  return { role, session: lab.connect(role.slice(1, -1)) };
}

test('what a role has no privilege on does not exist for it', async () => {
  const { session, role } = await roleWith();
  await expect(session.execute(`SELECT "K" FROM ${NAPS}`)).rejects.toMatchObject(HIDDEN);
  await expect(session.execute(`INSERT INTO ${NAPS} ("K") VALUES (2)`)).rejects.toMatchObject(HIDDEN);
  await expect(session.execute(`DROP TABLE ${NAPS}`)).rejects.toMatchObject(HIDDEN);
  const tables = 'SELECT TABLE_NAME FROM "LAB".INFORMATION_SCHEMA.TABLES';
  expect((await session.execute(tables)).rows).toEqual([]);
  await admin.execute(`GRANT INSERT ON TABLE ${NAPS} TO ROLE ${role}`);
  expect((await session.execute(tables)).rows).toEqual([['NAPS']]);
});

test('without USAGE of its database a table is hidden, whatever else is granted', async () => {
  await admin.execute('CREATE ROLE "OUTSIDE"');
  await admin.execute(`GRANT USAGE ON SCHEMA ${AT} TO ROLE "OUTSIDE"`);
  await admin.execute(`GRANT SELECT ON TABLE ${NAPS} TO ROLE "OUTSIDE"`);
  const session = lab.connect('OUTSIDE');
  await expect(session.execute(`SELECT "K" FROM ${NAPS}`)).rejects.toMatchObject(HIDDEN);
});

const MERGE = `MERGE INTO ${NAPS} AS t USING (SELECT 7 AS K) AS s ON t."K" = s.K
WHEN MATCHED THEN UPDATE SET "K" = s.K WHEN NOT MATCHED THEN INSERT ("K") VALUES (s.K)`;

test.each([
  [`SELECT "K" FROM ${NAPS}`, ['SELECT']],
  [`WITH n AS (SELECT "K" FROM ${NAPS}) SELECT "K" FROM n`, ['SELECT']],
  [`INSERT INTO ${NAPS} ("K") VALUES (2)`, ['INSERT']],
  [`INSERT INTO ${NAPS} ("K") SELECT "K" FROM ${NAPS}`, ['INSERT', 'SELECT']],
  [`UPDATE ${NAPS} SET "K" = 3 WHERE "K" = 2`, ['UPDATE']],
  [`DELETE FROM ${NAPS} WHERE "K" = 3`, ['DELETE']],
  [MERGE, ['SELECT', 'INSERT', 'UPDATE']],
])('%s needs %j, all of it, and nothing else', async (sql, needed) => {
  for (const missing of needed) {
    const others = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].filter((each) => each !== missing);
    const { session } = await roleWith(`${others.join(', ')} ON TABLE ${NAPS}`);
    await expect(session.execute(sql), missing).rejects.toMatchObject(INSUFFICIENT);
  }
  const { session } = await roleWith(`${needed.join(', ')} ON TABLE ${NAPS}`);
  await session.execute(sql);
});

test('whoever makes a table owns it; it takes the owner to change it', async () => {
  const { session: maker } = await roleWith(`CREATE TABLE ON SCHEMA ${AT}`);
  const { session: other, role } = await roleWith();
  const made = `${AT}."MADE"`;
  await expect(other.execute(`CREATE TABLE ${made} ("K" NUMBER(5,0))`)).rejects.toMatchObject(INSUFFICIENT);
  await maker.execute(`CREATE TABLE ${made} ("K" NUMBER(5,0))`);
  await maker.execute(`INSERT INTO ${made} ("K") VALUES (1)`);
  await admin.execute(`GRANT SELECT, DELETE ON TABLE ${made} TO ROLE ${role}`);
  for (const sql of [`ALTER TABLE ${made} ADD COLUMN "L" VARCHAR`, `DROP TABLE ${made}`])
    await expect(other.execute(sql)).rejects.toMatchObject(INSUFFICIENT);
  await maker.execute(`ALTER TABLE ${made} ADD COLUMN "L" VARCHAR`);
  await maker.execute(`DROP TABLE ${made}`);
  await maker.execute(`CREATE TABLE ${made} ("K" NUMBER(5,0))`);
  // What was granted on the dropped one is gone with it.
  await expect(other.execute(`SELECT "K" FROM ${made}`)).rejects.toMatchObject(HIDDEN);
});

test('a view reads with the rights of its owner, whose statement others do not see', async () => {
  const view = `${AT}."LONG_NAPS"`;
  await admin.execute(`CREATE VIEW ${view} AS SELECT "K" FROM ${NAPS}`);
  const { session, role } = await roleWith(`SELECT ON VIEW ${view}`);
  expect((await session.execute(`SELECT COUNT(*) AS N FROM ${view}`)).rows).not.toEqual([['0']]);
  const text = 'SELECT VIEW_DEFINITION FROM "LAB".INFORMATION_SCHEMA.VIEWS';
  expect((await session.execute(text)).rows).toEqual([[null]]);
  await expect(session.execute(`CREATE OR REPLACE VIEW ${view} AS SELECT 1 AS K`)).rejects.toThrow(
    /Insufficient privileges/,
  );
  await admin.execute(`CREATE OR REPLACE VIEW ${view} COPY GRANTS AS SELECT 1 AS K`);
  expect((await session.execute(`SELECT "K" FROM ${view}`)).rows).toEqual([['1']]);
  await admin.execute(`CREATE OR REPLACE VIEW ${view} AS SELECT 1 AS K`);
  await expect(session.execute(`SELECT "K" FROM ${view}`)).rejects.toMatchObject(HIDDEN);
  await admin.execute(`GRANT SELECT ON VIEW ${view} TO ROLE ${role}`);
  expect((await session.execute(`SELECT "K" FROM ${view}`)).rows).toEqual([['1']]);
});

test('no role grants, or makes a role, a schema or a database', async () => {
  const { session, role } = await roleWith(`SELECT ON TABLE ${NAPS}`);
  for (const sql of [
    `GRANT DELETE ON TABLE ${NAPS} TO ROLE ${role}`,
    'CREATE ROLE "MORE"',
    'CREATE DATABASE "MORE"',
    'CREATE SCHEMA "LAB"."MORE"',
  ])
    await expect(session.execute(sql)).rejects.toMatchObject(INSUFFICIENT);
});

test('a grant to nobody, on nothing, or of what there is not, is refused', async () => {
  await expect(admin.execute(`GRANT SELECT ON TABLE ${NAPS} TO ROLE "NOBODY"`)).rejects.toMatchObject(HIDDEN);
  const { role } = await roleWith();
  await expect(admin.execute(`GRANT SELECT ON TABLE ${AT}."NONE" TO ROLE ${role}`)).rejects.toMatchObject(
    HIDDEN,
  );
  await expect(admin.execute(`GRANT TRUNCATE ON TABLE ${NAPS} TO ROLE ${role}`)).rejects.toThrow(
    /Unsupported by the local Snowflake/,
  );
});

test('roles and what they were granted are in the file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zoner-local-'));
  const path = join(folder, 'data.duckdb');
  const first = await openEngine(path);
  const session = await first.openSession(async () => {});
  for (const sql of [
    'CREATE DATABASE "D"',
    'CREATE TABLE "D"."PUBLIC"."T" ("A" VARCHAR)',
    'CREATE ROLE R',
    'GRANT USAGE ON DATABASE "D" TO ROLE R',
    'GRANT USAGE ON SCHEMA "D"."PUBLIC" TO ROLE R',
    'GRANT SELECT ON TABLE "D"."PUBLIC"."T" TO ROLE R',
  ])
    await session.execute(sql, []);
  await session.close();
  first.close();
  const second = await openEngine(path);
  const again = await second.openSession(async () => {}, null, 'R');
  expect((await again.execute('SELECT * FROM "D"."PUBLIC"."T"', [])).rows).toEqual([]);
  await expect(again.execute('DELETE FROM "D"."PUBLIC"."T"', [])).rejects.toThrow(/Insufficient privileges/);
  await again.close();
  second.close();
  rmSync(folder, { recursive: true });
});
