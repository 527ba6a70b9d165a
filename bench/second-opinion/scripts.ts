import { fromJson } from '#avro/from-json.ts';
import { recording, type Script } from '#bench/second-opinion/asked.ts';
import { exampleJson } from '#bench/second-opinion/example-json.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import { type ApplyDeps, applyPlan, type ContractHistory, readDeployPlan } from '#snowflake/apply.ts';
import { createPersonRows } from '#snowflake/erase-rows.ts';
import { contractOf, MATRIX, META } from '#snowflake/evolution-suite.ts';
import { CASES, inPlace, SETUP } from '#snowflake/local/contract-cases.ts';
import { hashesStatement, mergeStatement, rewriteStatement } from '#snowflake/merge.ts';
import { literal, type Place, qualified, quoted } from '#snowflake/names.ts';
import { desiredOf } from '#snowflake/plan.ts';
import { rowOf } from '#snowflake/row.ts';
import { readRowIdentities } from '#snowflake/row-identities.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

const SCHEMA = 'PUBLIC';

/**
 * Every statement that the product emits for the golden and the example contracts, and for each kind of change; then the
 * cases of the local Snowflake's contract. All run on the local Snowflake, as the product's own code sends them.
 */
export async function recordScripts(warehouse: Warehouse): Promise<readonly Script[]> {
  const scripts: Script[] = [];
  const record = async (
    name: string,
    work: (on: Warehouse, place: Place) => Promise<void>,
  ): Promise<void> => {
    const place = { database: `SECOND_${scripts.length}`, schema: SCHEMA };
    const recorder = recording(warehouse, place);
    await work(recorder.warehouse, place);
    scripts.push({ name, place, asked: recorder.asked });
  };
  for (const folder of ['codegen/golden', 'schemas']) {
    for (const contract of await loadContracts(folder)) {
      await record(`contract ${contract.name}`, (on, place) => loadOneRow(on, place, contract));
    }
  }
  await record('masks', masked);
  for (const [change, before, after, values] of MATRIX) {
    await record(`evolution ${change}`, (on, place) => evolve(on, place, [before, after], values));
  }
  for (const { page, promise, before = [], sql, binds = [] } of CASES) {
    await record(`case ${page}: ${promise}`, async (on, place) => {
      const at = `${quoted(place.database)}.${quoted(place.schema)}`;
      await on.execute(`CREATE DATABASE IF NOT EXISTS ${quoted(place.database)}`);
      await on.execute(`CREATE SCHEMA IF NOT EXISTS ${at}`);
      for (const each of [...SETUP, ...before]) await on.execute(inPlace(each, at));
      await on.execute(inPlace(sql, at), binds).catch(() => {});
    });
  }
  return scripts;
}

async function apply(
  on: Warehouse,
  place: Place,
  contract: ContractHistory,
  allow: readonly string[] = [],
): Promise<void> {
  const deps: ApplyDeps = {
    warehouse: on,
    appVersion: 'second-opinion',
    run: 'second-opinion',
    allow: new Set(allow),
    leaseMs: 60_000,
    waitMs: 1000,
    pause: async () => {},
    onWait: () => {},
    onStep: () => {},
  };
  const plan = await readDeployPlan(on, [contract], place, { allow: deps.allow });
  await applyPlan(plan, [contract], deps);
}

async function loadOneRow(on: Warehouse, place: Place, contract: Contract): Promise<void> {
  await apply(on, place, { contract, history: [] });
  const { table, views } = desiredOf(contract);
  const value = fromJson(contract.root, exampleJson(contract.root)) as Readonly<Record<string, unknown>>;
  const origin = { topic: contract.topic, partition: 0, offset: 7n, timestamp: 1_772_436_600_123n };
  const record = { ...origin, key: Buffer.from('ada'), value: Buffer.from('v'), headers: [] };
  const row = rowOf(table, contract.root, { record, origin, schemaId: 1, value }, '2026-03-02T07:31:00.000Z');
  if ('reason' in row) throw new Error(`${contract.name}: ${row.reason}`);
  const merge = mergeStatement(table, place, [row]);
  await on.execute(merge.sql, merge.binds);
  await on.execute(merge.sql, merge.binds);
  await on.execute(hashesStatement(table, place, [row]).sql);
  const rewrite = rewriteStatement(table, place, [row]);
  await on.execute(rewrite.sql, rewrite.binds);
  await readRowIdentities(on, place, table.name, contract.topic);
  for (const { name } of [table, ...views]) await on.execute(`SELECT * FROM ${qualified(place, name)}`);
  const { topic, key } = contract;
  const of = { table, place, topic, field: contract.person ?? key, isKey: true, readers: null };
  const rows = createPersonRows(on, 'ada', of);
  const ends = new Map([[0, 9n]]);
  await rows.held(ends);
  await rows.erase(ends);
}

/** A contract whose masks are switched on, for other readers, and off. */
async function masked(on: Warehouse, place: Place): Promise<void> {
  const readers = ['ACCOUNTADMIN'];
  const contract = { ...contractOf(PERSONAL).contract, person: 'user', protection: { readers } };
  await apply(on, place, { contract, history: [] });
  const others = { ...contract, protection: { readers: [...readers, "O'NEIL"] } };
  await apply(on, place, { contract: others, history: [] });
  await on.execute(`SELECT * FROM ${qualified(place, contract.table)}`);
  const rows = { topic: contract.topic, field: 'user', isKey: true, readers };
  await createPersonRows(on, 'ada', { table: desiredOf(contract).table, place, ...rows }).held(new Map());
  await apply(on, place, { contract: { ...contract, protection: null }, history: [] }, ['unmask:R']);
}

/** A field of each type that a policy can have. */
const PERSONAL = `{"type":"record","name":"R","fields":[
  {"name":"user","type":"string"}, {"name":"note","type":["null","string"],"pii":true}, {"name":"age","type":"int","pii":true},
  {"name":"heart","type":"double","health":true}, {"name":"ill","type":"boolean","health":true}, {"name":"scan","type":"bytes","health":true},
  {"name":"born","type":{"type":"int","logicalType":"date"},"pii":true},
  {"name":"wakes","type":{"type":"int","logicalType":"time-millis"},"pii":true},
  {"name":"seen","type":{"type":"long","logicalType":"timestamp-millis"},"pii":true},
  {"name":"slept","type":{"type":"long","logicalType":"local-timestamp-millis"},"pii":true},
  {"name":"places","type":{"type":"array","items":"string"},"pii":true} ]}`;

async function evolve(
  on: Warehouse,
  place: Place,
  [before, after]: readonly [string, string],
  values: Readonly<Record<string, string>>,
): Promise<void> {
  await apply(on, place, contractOf(before));
  const row = { ...values, ...META };
  const names = Object.keys(row).map(quoted).join(', ');
  const table = qualified(place, 'R');
  await on.execute(`INSERT INTO ${table} (${names}) SELECT ${Object.values(row).join(', ')}`);
  await apply(on, place, contractOf(before, after));
  await on.execute(`SELECT * FROM ${qualified(place, 'R_CURRENT')}`);
  await on.execute(`SELECT COUNT(*) AS ROWS_NOW FROM ${table} WHERE "_TOPIC" = ${literal('t')}`);
}
