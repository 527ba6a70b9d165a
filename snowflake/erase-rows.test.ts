import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleContract } from '#contract/example-contract.ts';
import { readDeployPlan } from '#snowflake/apply.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { createPersonRows } from '#snowflake/erase-rows.ts';
import { PLACE } from '#snowflake/examples.ts';
import { type Engine, openEngine } from '#snowflake/local/engine.ts';
import { type LocalSnowflake, serve } from '#snowflake/local/server.ts';
import { tableOf } from '#snowflake/table.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

let engine: Engine;
let server: LocalSnowflake;
let warehouse: Warehouse;

const contract = exampleContract(
  '{"type":"record","name":"Nap","fields":[{"name":"user","type":"string"},{"name":"note","type":"string"}]}',
);
const table = tableOf(contract);

beforeAll(async () => {
  engine = await openEngine(null);
  server = await serve(engine, 0);
  const session = { ...PLACE, warehouse: null, role: null, accessUrl: server.url };
  warehouse = createWarehouse(
    { account: 'local', user: 'u', auth: { password: 'p' }, ...session },
    { appVersion: '0' },
  );
  const { steps } = await readDeployPlan(warehouse, [{ contract, history: [] }], PLACE);
  for (const { sql } of steps) await warehouse.execute(sql);
});

afterAll(async () => {
  await warehouse.close();
  await server.close();
  engine.close();
});

/** A row of a topic's first partition. */
async function insert(user: string, key: string, topic: string, offset: number): Promise<void> {
  await warehouse.execute(
    `INSERT INTO "${PLACE.database}"."${PLACE.schema}"."NAPS" ("USER", "NOTE", "_TOPIC", "_PARTITION", "_OFFSET", "_TIMESTAMP", "_KEY", "_SCHEMA_ID", "_VALUE_SHA256", "_LOADED_AT")
SELECT ?, 'ada', ?, 0, ?::NUMBER(19,0), CURRENT_TIMESTAMP(), ?, 1, 'x', CURRENT_TIMESTAMP()`,
    [user, topic, String(offset), key],
  );
}

const places = async (): Promise<readonly string[]> =>
  (
    await warehouse.execute(
      `SELECT "_TOPIC" || '/' || "_OFFSET"::VARCHAR AS P FROM "${PLACE.database}"."${PLACE.schema}"."NAPS" ORDER BY P`,
    )
  ).rows.map(([place]) => place ?? '');

test('the rows of one person go, by field or by key, and those behind the ends stay', async () => {
  await insert('ada', 'ada', 'naps', 0);
  await insert('bob', 'bob', 'naps', 1);
  await insert('someone', 'ada', 'naps', 2);
  await insert('ada', 'ada', 'naps', 5);
  await insert('ada', 'ada', 'naps-of-old', 9);
  await insert("o'ada", "o'ada", 'naps', 3);
  const rows = createPersonRows(warehouse, 'ada', {
    ...{ table, place: PLACE, topic: 'naps', field: 'user', isKey: true, readers: null },
  });
  const ends = new Map([[0, 5n]]);
  expect(await rows.held(ends)).toEqual({ rows: 3, timeTravelDays: 1, hasFailSafe: true });
  expect(await rows.erase(ends)).toBe(3);
  expect((await rows.held(ends)).rows).toBe(0);
  expect(await places()).toEqual(['naps/1', 'naps/3', 'naps/5']);
});

test('a name is a value and never SQL', async () => {
  const rows = createPersonRows(warehouse, "o'ada", {
    ...{ table, place: PLACE, topic: 'naps', field: 'user', isKey: false, readers: null },
  });
  expect(await rows.erase(new Map())).toBe(1);
  expect(await places()).toEqual(['naps/1', 'naps/5']);
});
