import { fromJson } from '#avro/from-json.ts';
import { recording, type Script } from '#bench/second-opinion/asked.ts';
import { exampleJson } from '#bench/second-opinion/example-json.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import { type ApplyDeps, applyPlan, type ContractHistory, readDeployPlan } from '#snowflake/apply.ts';
import { contractOf, MATRIX, META } from '#snowflake/evolution-suite.ts';
import { CASES, inPlace, SETUP } from '#snowflake/local/contract-cases.ts';
import { hashesStatement, mergeStatement } from '#snowflake/merge.ts';
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

async function apply(on: Warehouse, place: Place, contract: ContractHistory): Promise<void> {
  const deps: ApplyDeps = {
    warehouse: on,
    appVersion: 'second-opinion',
    run: 'second-opinion',
    allowDrop: new Set(),
    leaseMs: 60_000,
    waitMs: 1000,
    pause: async () => {},
    onWait: () => {},
    onStep: () => {},
  };
  await applyPlan(await readDeployPlan(on, [contract], place), [contract], deps);
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
  await readRowIdentities(on, place, table.name, contract.topic);
  for (const { name } of [table, ...views]) await on.execute(`SELECT * FROM ${qualified(place, name)}`);
}

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
