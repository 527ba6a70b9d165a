import { afterAll, beforeAll, expect, test } from 'vitest';
import { isZonerError } from '#core/errors.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';
import type { StatementResult, Warehouse } from '#snowflake/warehouse.ts';

/** What the driver does about statements of which it has not heard how they ended. */

let lab: Lab;
const T = '"DB"."PUBLIC"."T"';

beforeAll(async () => {
  lab = await openLab();
  await lab.warehouse.execute('CREATE DATABASE "DB"');
  await lab.warehouse.execute(`CREATE TABLE ${T} ("K" NUMBER(6,0))`);
});
afterAll(() => lab.close());

const countOf = (key: number): string => `SELECT COUNT(*) FROM ${T} WHERE "K" = ${key}`;
const insertOf = (key: number): string => `INSERT INTO ${T} ("K") VALUES (${key})`;
const order = (sql: string, action: Parameters<Lab['server']['addFault']>[0]['action'], times = 1): void =>
  lab.server.addFault({ matches: sql.slice(sql.indexOf('"K"')), action, times });

test.each([
  ['that the driver knows to be over', 390112],
  ['whose right to be renewed is over', 390114],
  ['that is refused as one that may not sign in', 390189],
])('a statement is not known to have ended by the end of its session: one %s', async (_, code) => {
  order(insertOf(code), { kind: 'end-session', code: String(code) });
  order(insertOf(code), { kind: 'hold', ms: 300 });
  const warehouse = lab.connect();
  await expect(warehouse.execute(insertOf(code))).rejects.toSatisfy((error) =>
    isZonerError(error, 'WAREHOUSE_UNAVAILABLE', 'WAREHOUSE_AUTH'),
  );
  // In another session, and only once the first one has committed.
  expect((await warehouse.execute(countOf(code))).rows).toEqual([['1']]);
});

test('a statement that waits for a lock has not ended', async () => {
  const holder = lab.connect();
  await holder.execute('BEGIN');
  await holder.execute(`UPDATE ${T} SET "K" = 0 WHERE "K" = 0`);
  const blocked = `UPDATE ${T} SET "K" = 1 WHERE "K" = 1`;
  order(blocked, { kind: 'end-session', code: '390112' });
  const warehouse = lab.connect();
  await expect(warehouse.execute(blocked)).rejects.toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
  let isAnswered = false;
  const next = warehouse.execute(countOf(1)).finally(() => {
    isAnswered = true;
  });
  // Two sessions more, one after the other, have time to begin and to ask the same.
  for (const other of [lab.connect(), lab.connect()]) await other.execute(countOf(1));
  expect(isAnswered).toBe(false);
  await holder.execute('COMMIT');
  await next;
});

/** Tries again as a hold does. */
async function untilAnswered(warehouse: Warehouse, sql: string): Promise<StatementResult> {
  for (;;) {
    try {
      return await warehouse.execute(sql);
    } catch (error) {
      if (!isZonerError(error, 'WAREHOUSE_UNAVAILABLE')) throw error;
    }
  }
}

test('nothing is sent beside a statement that the driver may still send after our deadline', async () => {
  const config = {
    ...{ account: 'local', user: 'u', auth: { password: 'p' }, accessUrl: lab.server.url },
    ...{ database: 'DB', schema: 'PUBLIC', warehouse: null, role: null },
  };
  // Snowflake ends a statement after one second, the driver sends it again after one to three.
  const warehouse = createWarehouse(config, { appVersion: '0', deadlineMs: 300 });
  await warehouse.execute('SELECT 1');
  order(insertOf(7), { kind: 'unavailable' });
  await expect(warehouse.execute(insertOf(7))).rejects.toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
  expect((await untilAnswered(warehouse, countOf(7))).rows).toEqual([['1']]);
  await warehouse.close();
});
