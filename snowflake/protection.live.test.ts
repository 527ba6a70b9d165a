import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Contract } from '#contract/contract.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { type ApplyDeps, applyPlan, type ContractHistory, readDeployPlan } from '#snowflake/apply.ts';
import { findDrift } from '#snowflake/drift.ts';
import { createPersonRows } from '#snowflake/erase-rows.ts';
import { accepted } from '#snowflake/examples.ts';
import { readDeployed } from '#snowflake/journal.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';
import type { Place } from '#snowflake/names.ts';
import { parsePlanFile, planFileText } from '#snowflake/plan-file.ts';
import { readState } from '#snowflake/read-state.ts';
import { createRewriter } from '#snowflake/rewriter.ts';
import { createSink, SINK_DEFAULTS } from '#snowflake/sink.ts';
import { tableOf } from '#snowflake/table.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

const NAP = `{ "type": "record", "name": "Nap", "fields": [
  { "name": "user", "type": "string" },
  { "name": "minutes", "type": ["null", "int"], "default": null, "health": true } ] }`;
const readers = ['DEPLOYER', 'DOCTOR'];
const off: ContractHistory = { contract: { ...exampleContract(NAP), person: 'user' }, history: [] };
const on: ContractHistory = { ...off, contract: { ...off.contract, protection: { readers } } };

let lab: Lab;
let deployer: Warehouse;
let analyst: Warehouse;
let loader: Warehouse;
let count = 0;

beforeAll(async () => {
  lab = await openLab();
  deployer = lab.connect('DEPLOYER');
  analyst = lab.connect('ANALYST');
  loader = lab.connect('LOADER');
});
afterAll(() => lab.close());

const newPlace = (): Place => ({ database: `MASKED${count++}`, schema: 'PUBLIC' });

function depsOn(warehouse: Warehouse, more: Partial<ApplyDeps> = {}): ApplyDeps {
  const run = `run ${count++}`;
  const pause = (ms: number): Promise<void> => sleep(ms);
  const lease = { leaseMs: 200, waitMs: 20_000, pause, onWait: () => {} };
  return { warehouse, appVersion: '0', run, allow: new Set(), ...lease, onStep: () => {}, ...more };
}

async function deploy(place: Place, contract: ContractHistory, allow: readonly string[] = []): Promise<void> {
  const plan = await readDeployPlan(deployer, [contract], place);
  await applyPlan(plan, [contract], depsOn(deployer, { allow: new Set(allow) }));
}

const write = (place: Place, contract: Contract, minutes: readonly (number | null)[]) =>
  createSink(contract, {
    ...{ warehouse: loader, place, options: SINK_DEFAULTS },
    ...{ now: () => 0, pause: () => Promise.resolve() },
  }).write(
    minutes.map((each, index) => accepted(0, BigInt(index), each)),
    new AbortController().signal,
  );

const seenBy = async (warehouse: Warehouse, { database, schema }: Place, object = 'NAPS'): Promise<unknown> =>
  (
    await warehouse.execute(
      `SELECT "USER", "_KEY", "MINUTES"::VARCHAR AS M, "_OFFSET"::VARCHAR AS O FROM "${database}"."${schema}"."${object}" ORDER BY O`,
    )
  ).rows;

const planned = async (place: Place, contract: ContractHistory): Promise<readonly string[]> =>
  (await readDeployPlan(deployer, [contract], place)).steps.map(({ description }) => description);

test('a table is masked from the start: readers see values, others masks, in the table and in its views', async () => {
  const place = newPlace();
  await deploy(place, on);
  expect(await planned(place, on)).toEqual([]);
  await write(place, on.contract, [20, null]);
  const [values, masks] = [
    [
      ['ada', 'ada', '20', '0'],
      ['ada', 'ada', null, '1'],
    ],
    [
      ['•••', '•••', null, '0'],
      ['•••', '•••', null, '1'],
    ],
  ];
  expect(await seenBy(deployer, place)).toEqual(values);
  expect(await seenBy(analyst, place)).toEqual(masks);
  expect(await seenBy(analyst, place, 'NAPS_CURRENT')).toEqual(masks);
});

test('the pipeline works behind the masks: what is written again adds nothing, and a row is written anew', async () => {
  const place = newPlace();
  await deploy(place, on);
  await write(place, on.contract, [20, 30]);
  const again = await write(place, on.contract, [20, 30]);
  expect(again).toMatchObject({ present: 2, inserted: 0 });
  const rewriter = createRewriter(on.contract, { warehouse: loader, place, options: SINK_DEFAULTS });
  expect(await rewriter.rewrite([accepted(0, 1n, 31)])).toEqual([]);
  expect(await seenBy(deployer, place)).toEqual([
    ['ada', 'ada', '20', '0'],
    ['ada', 'ada', '31', '1'],
  ]);
});

test('switched on later, a table with rows is masked; switched off, only with --allow, it shows everything again', async () => {
  const place = newPlace();
  await deploy(place, off);
  await write(place, off.contract, [20]);
  await deploy(place, on);
  expect(await seenBy(analyst, place)).toEqual([['•••', '•••', null, '0']]);
  await expect(deploy(place, off)).rejects.toThrow('unmask column NAPS.USER needs --allow unmask:NAPS');
  expect(await seenBy(analyst, place)).toEqual([['•••', '•••', null, '0']]);
  await deploy(place, off, ['unmask:NAPS']);
  expect(await seenBy(analyst, place)).toEqual([['ada', 'ada', '20', '0']]);
  expect(await planned(place, off)).toEqual([]);
});

test('an apply that is stopped at any statement goes on where it stopped, with the plan from a file', async () => {
  const place = newPlace();
  await deploy(place, off);
  const text = planFileText(await readDeployPlan(deployer, [on], place));
  const plan = parsePlanFile(text, 'plan.json');
  expect(plan.steps.length).toBeGreaterThan(5);
  for (let step = 0; step < plan.steps.length; step += 1) {
    const stopped: Warehouse = {
      ...deployer,
      async execute(sql, binds) {
        const result = await deployer.execute(sql, binds);
        if (sql === plan.steps[step]?.sql) throw new Error('killed');
        return result;
      },
    };
    await expect(applyPlan(plan, [on], depsOn(stopped))).rejects.toThrow('killed');
  }
  await applyPlan(plan, [on], depsOn(deployer));
  expect(await planned(place, on)).toEqual([]);
});

test('a role that sees masks may not deploy, and a person whom it cannot find is not called erased', async () => {
  const place = newPlace();
  await deploy(place, on);
  await write(place, on.contract, [20]);
  const { refusals } = await readDeployPlan(analyst, [on], place);
  expect(refusals).toMatchObject([{ object: 'NAPS', reason: expect.stringContaining('DEPLOYER, DOCTOR') }]);
  const rowsOf = (warehouse: Warehouse) =>
    createPersonRows(warehouse, 'ada', {
      ...{ table: tableOf(on.contract), place, topic: 'naps', field: 'user', isKey: true, readers },
    });
  await expect(rowsOf(analyst).held(new Map())).rejects.toThrow('is masked from the role');
  await expect(rowsOf(analyst).erase(new Map())).rejects.toThrow('is masked from the role');
  expect(await rowsOf(deployer).erase(new Map())).toBe(1);
});

test('a role from which the masks of today hide the rows may fill no column of them', async () => {
  const place = newPlace();
  await deploy(place, on);
  await write(place, on.contract, [20]);
  const filled = exampleContract(NAP.replace('["null", "int"], "default": null', '"int", "default": 7'));
  const contract: Contract = { ...filled, person: 'user', protection: { readers: ['ANALYST', ...readers] } };
  const history = [{ version: 1, schema: on.contract.root }];
  const refused = (await readDeployPlan(analyst, [{ contract, history }], place)).refusals;
  expect(refused.map(({ object }) => object)).toContain('NAPS');
  expect((await readDeployPlan(deployer, [{ contract, history }], place)).refusals).toEqual([]);
});

test('a plan is stale once somebody has changed a mask', async () => {
  const place = newPlace();
  await deploy(place, on);
  const grown = { ...on, contract: { ...on.contract, root: { ...on.contract.root, doc: 'Sleep by day.' } } };
  const plan = await readDeployPlan(deployer, [grown], place);
  expect(plan.steps.map(({ kind }) => kind)).toEqual(['comment-table']);
  const table = `"${place.database}"."PUBLIC"."NAPS"`;
  await deployer.execute(`ALTER TABLE ${table} ALTER COLUMN "USER" UNSET MASKING POLICY`);
  await expect(applyPlan(plan, [grown], depsOn(deployer))).rejects.toMatchObject({ code: 'PLAN_STALE' });
});

test('masks that were changed by hand are drift, and the next plan puts them back', async () => {
  const place = newPlace();
  await deploy(place, on);
  const table = `"${place.database}"."PUBLIC"."NAPS"`;
  await deployer.execute(`ALTER TABLE ${table} ALTER COLUMN "USER" UNSET MASKING POLICY`);
  await deployer.execute(
    `ALTER MASKING POLICY "${place.database}"."PUBLIC"."ZONER_MASK_NAPS_NUMBER" SET BODY -> "VAL"`,
  );
  const { state } = await readState(deployer, [on], place, 'required');
  const drift = findDrift([on], place, state, await readDeployed(deployer, place));
  expect(drift.map(({ cause, what }) => `${cause}: ${what}`)).toEqual([
    'hand edit: column NAPS.USER lost its mask',
    'hand edit: masking policy ZONER_MASK_NAPS_NUMBER was changed',
  ]);
  expect(await planned(place, on)).toEqual([
    'change who reads through masking policy ZONER_MASK_NAPS_NUMBER',
    'mask column NAPS.USER',
  ]);
  await deploy(place, on);
  expect(await planned(place, on)).toEqual([]);
});
