import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWarehouse } from '#snowflake/driver.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/** What the local Snowflake does on a bad day, and what it keeps. */

let lab: Lab;
let warehouse: Warehouse;
const T = '"DB"."PUBLIC"."T"';
beforeAll(async () => {
  lab = await openLab();
  warehouse = lab.warehouse;
  await warehouse.execute('CREATE DATABASE "DB"');
  await warehouse.execute(`CREATE TABLE ${T} ("K" NUMBER(5,0))`);
});
afterAll(() => lab.close());
const rowsOf = async (sql: string): Promise<unknown> => (await warehouse.execute(sql)).rows;

test('a refusal, a lost answer, an outage and a restart can be ordered', async () => {
  lab.server.addFault({
    matches: 'SELECT 61',
    action: { kind: 'refuse', code: '000625', sqlState: '57014', message: 'no' },
    times: 1,
  });
  await expect(warehouse.execute('SELECT 61')).rejects.toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
  lab.server.addFault({ matches: '("K") VALUES (62)', action: { kind: 'drop' }, times: 1 });
  await warehouse.execute(`INSERT INTO ${T} ("K") VALUES (62)`);
  lab.server.addFault({ matches: 'SELECT 63', action: { kind: 'unavailable' }, times: 1 });
  expect(await rowsOf('SELECT 63')).toEqual([['63']]);
  await lab.server.restart();
  await expect(warehouse.execute('SELECT 64')).rejects.toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
  expect(await rowsOf(`SELECT COUNT(*) FROM ${T} WHERE "K" = 62`)).toEqual([['1']]);
}, 20_000);

test('a fault that makes no sense is refused by name, and none is ordered', async () => {
  const order = async (fault: unknown): Promise<string> => {
    const request = { method: 'POST', body: JSON.stringify(fault) };
    const answer = await fetch(`${lab.server.url}/faults`, request);
    return JSON.stringify(await answer.json());
  };
  expect(await order({ matches: 'SELECT 65', action: { kind: 'slow' }, times: 1 })).toContain('action.ms');
  expect(await order({ matches: 'SELECT 65', action: { kind: 'burn' }, times: 1 })).toContain('action.kind');
  expect(await order({ matches: '', action: { kind: 'drop' }, times: 1 })).toContain('matches');
  expect(await rowsOf('SELECT 65')).toEqual([['65']]);
});

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A local Snowflake in a process of its own. */
async function startProcess(data: string): Promise<{ readonly warehouse: Warehouse; kill(): Promise<void> }> {
  const child = spawn(process.execPath, [MAIN, '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve) =>
    child.stdout.once('data', (text) => resolve(String(text))),
  );
  const { url } = JSON.parse(line) as { url: string };
  const place = { database: 'DB', schema: 'PUBLIC', warehouse: null, role: null };
  const config = { account: 'local', user: 'u', auth: { password: 'p' }, accessUrl: url, ...place };
  return {
    warehouse: createWarehouse(config, { appVersion: '0', deadlineMs: 5000 }),
    kill: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

test('a process that is killed loses nothing that it acknowledged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zoner-local-'));
  const first = await startProcess(join(folder, 'data'));
  await first.warehouse.execute('CREATE DATABASE "K"');
  await first.warehouse.execute('CREATE TABLE "K"."PUBLIC"."T" ("A" NUMBER(3,0), "AT" TIMESTAMP_TZ(3))');
  await first.warehouse.execute('ALTER TABLE "K"."PUBLIC"."T" ADD COLUMN "B" VARCHAR');
  for (let row = 0; row < 20; row += 1)
    await first.warehouse.execute(`INSERT INTO "K"."PUBLIC"."T" ("A", "B") VALUES (${row}, 'x')`);
  await first.kill();
  const second = await startProcess(join(folder, 'data'));
  const { rows } = await second.warehouse.execute('SELECT COUNT("B"), MAX("A") FROM "K"."PUBLIC"."T"');
  expect(rows).toEqual([['20', '19']]);
  await second.kill();
  rmSync(folder, { recursive: true });
}, 30_000);
