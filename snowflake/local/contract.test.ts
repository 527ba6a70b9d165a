import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdContract } from '#snowflake/local/contract-suite.ts';
import { openEngine } from '#snowflake/local/engine.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

holdContract({
  isReal: false,
  database: 'LAB',
  open: async () => {},
  connect: () => lab.connect(),
  close: async () => {},
});

test('two MERGEs that insert at the same time both insert, because no key stops them', async () => {
  const T = '"LAB"."PUBLIC"."BOTH"';
  await lab.warehouse.execute(`CREATE TABLE ${T} ("K" NUMBER(5,0))`);
  const sql = `MERGE INTO ${T} AS t USING (SELECT 9 AS K) AS s ON t."K" = s.K WHEN NOT MATCHED THEN INSERT ("K") VALUES (s.K)`;
  lab.server.addFault({ matches: 'SELECT 9 AS K', action: { kind: 'hold', ms: 300 }, times: 1 });
  const other = lab.connect();
  // Signed in already, so that it asks while the first is held.
  await other.execute('SELECT 1');
  await Promise.all([lab.warehouse.execute(sql), other.execute(sql)]);
  expect((await lab.warehouse.execute(`SELECT COUNT(*) AS N FROM ${T}`)).rows).toEqual([['2']]);
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
