import type { Connection } from 'snowflake-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, openLab } from '#snowflake/local/lab.ts';
import { createOutstanding } from '#snowflake/outstanding.ts';

/** What the driver is told of statements that were sent and not answered yet. */

let lab: Lab;
let connection: Connection;
const T = '"DB"."PUBLIC"."T"';

beforeAll(async () => {
  lab = await openLab();
  await lab.warehouse.execute('CREATE DATABASE "DB"');
  await lab.warehouse.execute(`CREATE TABLE ${T} ("K" NUMBER(5,0))`);
  const { default: snowflake } = await import('snowflake-sdk');
  connection = snowflake.createConnection({
    account: 'local',
    username: 'u',
    password: 'p',
    accessUrl: lab.server.url,
  });
  await connection.connectAsync(() => {});
});
afterAll(async () => {
  await new Promise<void>((resolve) => connection.destroy(() => resolve()));
  await lab.close();
});

/** Sends a statement whose rows wait for their commit. @returns its id, once it is told, and its end */
async function sendSlowly(key: number, ms: number): Promise<{ id: string; ended: Promise<unknown> }> {
  const matches = `VALUES (${key})`;
  lab.server.addFault({ matches, action: { kind: 'detach' }, times: 1 });
  lab.server.addFault({ matches, action: { kind: 'hold', ms }, times: 1 });
  const ended = Promise.withResolvers<unknown>();
  const sent = connection.execute({
    sqlText: `INSERT INTO ${T} ("K") VALUES (${key})`,
    complete: (error, statement) =>
      error ? ended.reject(error) : ended.resolve(statement.getNumUpdatedRows()),
  });
  while (!sent.getQueryId()) await new Promise((resolve) => setTimeout(resolve, 5));
  return { id: sent.getQueryId(), ended: ended.promise };
}

const countOf = async (key: number): Promise<unknown> =>
  (await lab.warehouse.execute(`SELECT COUNT(*) FROM ${T} WHERE "K" = ${key}`)).rows[0]?.[0];

test('a statement that takes long is told by its id, and its result comes when it is there', async () => {
  const { id, ended } = await sendSlowly(1, 300);
  expect(await connection.getQueryStatus(id)).toBe('RUNNING');
  expect(await ended).toBe(1);
  expect(await connection.getQueryStatus(id)).toBe('SUCCESS');
});

test('a statement whose end nobody saw is waited for by its id, and only then is the next one sent', async () => {
  const { id, ended } = await sendSlowly(2, 700);
  const outstanding = createOutstanding({ timeoutMs: 600_000, patienceMs: 600_000 });
  outstanding.add({ queryId: () => id, givenUp: new Promise(() => {}) });
  expect(await countOf(2)).toBe('0');
  await outstanding.settle(async (asked) => (await connection.getQueryStatus(asked)) === 'SUCCESS');
  expect(await countOf(2)).toBe('1');
  await ended;
});

test('a statement that failed is over, and an id that was never told is nobody’s', async () => {
  const failed = await new Promise<string>((resolve) => {
    const sent = connection.execute({
      sqlText: 'SELECT * FROM "DB"."PUBLIC"."NOT_THERE"',
      complete: () => resolve(sent.getQueryId()),
    });
  });
  expect(await connection.getQueryStatus(failed)).toBe('FAILED_WITH_ERROR');
  expect(await connection.getQueryStatus('01234567-0123-0123-0123-0123456789ab')).toBe('NO_QUERY_DATA');
});
