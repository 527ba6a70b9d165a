import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { type ApplyDeps, applyPlan, readDeployPlan } from '#snowflake/apply.ts';
import { createPersonRows } from '#snowflake/erase-rows.ts';
import { accepted, naps, PLACE as place } from '#snowflake/examples.ts';
import { grantScript, grantStatements } from '#snowflake/grants.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';
import { desiredOf } from '#snowflake/plan.ts';
import { createRewriter } from '#snowflake/rewriter.ts';
import { readRowIdentities } from '#snowflake/row-identities.ts';
import { createSink, SINK_DEFAULTS } from '#snowflake/sink.ts';
import { tableOf } from '#snowflake/table.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/** The statements are run, and then each role does its work with the rights that they gave it. */

const roles = { deployer: 'DEPLOYER', loader: 'LOADER', operator: 'OPERATOR', warehouse: 'WH' };
/** A field that the first version had, and whose column the deployer drops on purpose. */
const FIRST = `{ "type": "record", "name": "Nap", "fields": [
  { "name": "user", "type": "string" }, { "name": "mood", "type": ["null", "string"], "default": null } ] }`;
const history = [{ version: 1, schema: parseSchema(FIRST) as RecordSchema }];
/** Masked from everybody but who deploys and who forgets people. */
const contract = { ...naps, person: 'user', protection: { readers: ['DEPLOYER', 'OPERATOR'] } };
const readers = contract.protection.readers;
const contracts = [{ contract, history }];
const INSUFFICIENT = { code: 'WAREHOUSE_REFUSED', remedy: expect.stringContaining('zoner snowflake grants') };
const options = SINK_DEFAULTS;

let lab: Lab;
let deployer: Warehouse;
let loader: Warehouse;
let operator: Warehouse;

beforeAll(async () => {
  lab = await openLab();
  [deployer, loader, operator] = [lab.connect('DEPLOYER'), lab.connect('LOADER'), lab.connect('OPERATOR')];
  await lab.warehouse.execute(`CREATE DATABASE "${place.database}"`);
  const grants = grantStatements([desiredOf(contract, history)], place, roles);
  for (const sql of grants.roles) await lab.warehouse.execute(sql);
  await apply(deployer);
  for (const sql of grants.tables) await lab.warehouse.execute(sql);
  await apply(deployer, new Set(['drop:NAPS.MOOD']));
});
afterAll(() => lab.close());

async function apply(warehouse: Warehouse, allow: ReadonlySet<string> = new Set()): Promise<void> {
  const deps: ApplyDeps = {
    warehouse,
    appVersion: '0',
    run: 'one',
    allow,
    leaseMs: 200,
    waitMs: 0,
    pause: () => Promise.resolve(),
    onWait: () => {},
    onStep: () => {},
  };
  await applyPlan(await readDeployPlan(warehouse, contracts, place, { allow }), contracts, deps);
}

const sinkOf = (warehouse: Warehouse) =>
  createSink(contract, { warehouse, place, options, now: () => 0, pause: () => Promise.resolve() }, history);
const signal = new AbortController().signal;

test('the script of grants says what can be run before the tables are there, and what only after', () => {
  const script = grantScript(grantStatements([desiredOf(contract)], place, roles));
  const after = script.findIndex((line) => line.startsWith('-- After the first'));
  const onTables = script.flatMap((line, index) => (line.includes(' ON TABLE ') ? [index] : []));
  expect(onTables.length).toBeGreaterThan(0);
  expect(Math.min(...onTables)).toBeGreaterThan(after);
  for (const line of script) expect(line).toMatch(/^-- |;$/);
});

test('the deployer makes tables and changes them, and finds nothing to do afterwards', async () => {
  expect((await readDeployPlan(deployer, contracts, place)).steps).toEqual([]);
});

test('the loader finds its table ready though a column was dropped, writes rows and writes them anew', async () => {
  const { steps } = await readDeployPlan(loader, contracts, place, { masks: 'unread' });
  expect(steps.filter(({ object }) => object.startsWith('NAPS.'))).toEqual([]);
  expect(steps.map(({ kind }) => kind)).not.toContain('create-table');
  const records = [accepted(0, 1n), accepted(0, 2n)];
  await sinkOf(loader).write(records, signal);
  const rewriter = createRewriter(contract, { warehouse: loader, place, options }, history);
  await rewriter.rewrite(records);
  expect(await readRowIdentities(loader, place, 'NAPS', 'naps')).toHaveLength(2);
});

test('the operator reads rows and erases those of a person', async () => {
  await sinkOf(loader).write([accepted(1, 1n)], signal);
  const rows = {
    table: tableOf(contract, history),
    place,
    topic: 'naps',
    field: 'user',
    isKey: true,
    readers,
  };
  const person = createPersonRows(operator, 'ada', rows);
  const { rows: held } = await person.held(new Map());
  expect(held).toBeGreaterThan(0);
  expect(await person.erase(new Map())).toBe(held);
});

test("no role does another's work", async () => {
  const table = `"${place.database}"."${place.schema}"."NAPS"`;
  await expect(deployer.execute('CREATE DATABASE "OTHER"')).rejects.toMatchObject(INSUFFICIENT);
  await expect(apply(loader)).rejects.toMatchObject({ code: 'PLAN_REFUSED' });
  await expect(loader.execute(`ALTER TABLE ${table} ADD COLUMN "X" VARCHAR`)).rejects.toMatchObject(
    INSUFFICIENT,
  );
  await expect(loader.execute(`DELETE FROM ${table}`)).rejects.toMatchObject(INSUFFICIENT);
  await expect(sinkOf(operator).write([accepted(2, 1n)], signal)).rejects.toMatchObject(INSUFFICIENT);
  await expect(operator.execute(`ALTER TABLE ${table} ADD COLUMN "X" VARCHAR`)).rejects.toMatchObject(
    INSUFFICIENT,
  );
});

test('only readers see who slept, and who watches without seeing policies is told that it cannot judge them', async () => {
  await sinkOf(loader).write([accepted(3, 1n)], signal);
  const seen = `SELECT DISTINCT "USER" FROM "${place.database}"."${place.schema}"."NAPS" WHERE "_PARTITION" = 3`;
  expect((await operator.execute(seen)).rows).toEqual([['ada']]);
  expect((await loader.execute(seen)).rows).toEqual([['•••']]);
  const { masked, steps, notes } = await readDeployPlan(loader, contracts, place, { masks: 'if-visible' });
  expect(masked).toEqual([]);
  expect(steps.filter(({ kind }) => /policy|mask|tag/.test(kind))).toEqual([]);
  expect(notes.map(({ text }) => text)).toContainEqual(expect.stringContaining('this role sees no policy'));
});

test('the deployer may make tags and policies only where a contract asks for masks', () => {
  const of = (protection: typeof naps.protection): string =>
    grantStatements([desiredOf({ ...naps, protection })], place, roles).roles.join('\n');
  expect(of({ readers })).toContain('GRANT CREATE TAG, CREATE MASKING POLICY ON SCHEMA');
  expect(of(null)).not.toContain('MASKING');
});
