import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { ZonerError } from '#core/errors.ts';
import { type ApplyDeps, applyPlan, type ContractHistory, readDeployPlan } from '#snowflake/apply.ts';
import type { DeployPlan } from '#snowflake/deploy-plan.ts';
import { findDrift } from '#snowflake/drift.ts';
import { tableFingerprint, viewFingerprint } from '#snowflake/fingerprints.ts';
import { field, NAPS, recordOf, TRIPS, USER } from '#snowflake/generations.ts';
import { inspect } from '#snowflake/inspect.ts';
import { readDeployed } from '#snowflake/journal.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';
import type { Place } from '#snowflake/names.ts';
import { parsePlanFile, planFileText } from '#snowflake/plan-file.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

let lab: Lab;
let warehouse: Warehouse;
let count = 0;

beforeAll(async () => {
  lab = await openLab();
  warehouse = lab.warehouse;
});
afterAll(() => lab.close());

const newPlace = (): Place => ({ database: `DB${count++}`, schema: 'PUBLIC' });
/** A contract in a generation: the versions before it are its history. */
function contractOf(table: string, generations: readonly (readonly string[])[]): ContractHistory {
  const texts = generations.map((fields) => recordOf(table, fields));
  const contract = { ...exampleContract(texts.at(-1) ?? ''), name: table.toLowerCase(), table, id: 'user' };
  const history = texts
    .slice(0, -1)
    .map((text, index) => ({ version: index + 1, schema: parseSchema(text) as RecordSchema }));
  return { contract, history };
}

const bothAt = (generation: number): readonly ContractHistory[] => [
  contractOf('NAPS', NAPS.slice(0, generation)),
  contractOf('TRIPS', TRIPS.slice(0, generation)),
];

function depsOn(on: Warehouse, more: Partial<ApplyDeps> = {}): ApplyDeps {
  return {
    warehouse: on,
    appVersion: '0',
    run: `run ${count++}`,
    allow: new Set(),
    leaseMs: 200,
    waitMs: 20_000,
    pause: (ms) => sleep(ms),
    onWait: () => {},
    onStep: () => {},
    ...more,
  };
}

async function deploy(
  place: Place,
  contracts: readonly ContractHistory[],
  on = warehouse,
): Promise<DeployPlan> {
  const plan = await readDeployPlan(on, contracts, place);
  await applyPlan(plan, contracts, depsOn(on));
  return plan;
}

/** Everything about the contracts' tables and views but the order of columns. */
async function stateOf(place: Place): Promise<Readonly<Record<string, string>>> {
  const { tables, views } = await inspect(warehouse, place);
  const own = [...tables].filter(([name]) => !name.startsWith('ZONER_'));
  return Object.fromEntries([
    ...own.map(([name, table]) => [name, tableFingerprint(table)] as const),
    ...[...views].map(([name, view]) => {
      const text = view.definition?.replaceAll(place.database, 'DB') ?? null;
      return [name, viewFingerprint({ ...view, definition: text })] as const;
    }),
  ]);
}

async function addRow(place: Place, table: string, values: Readonly<Record<string, string>>): Promise<void> {
  const all: Record<string, string> = {
    USER: "'ada'",
    _TOPIC: "'t'",
    _PARTITION: '0',
    _OFFSET: String(count++),
    _TIMESTAMP: "'2026-03-02T07:30:00Z'::TIMESTAMP_TZ(3)",
    _SCHEMA_ID: '1',
    _VALUE_SHA256: "'x'",
    _LOADED_AT: "'2026-03-02T07:30:00Z'::TIMESTAMP_TZ(3)",
    ...values,
  };
  const names = Object.keys(all).map((name) => `"${name}"`);
  await warehouse.execute(
    `INSERT INTO "${place.database}"."PUBLIC"."${table}" (${names.join(', ')}) SELECT ${Object.values(all).join(', ')}`,
  );
}

test.each([[[1, 2, 3]], [[2, 3]], [[1, 3]]])(
  'with rows, by way of generations %j, it ends as from nothing',
  async (path) => {
    const fresh = newPlace();
    await deploy(fresh, bothAt(3));
    const wanted = await stateOf(fresh);
    const place = newPlace();
    const [start = 1, ...later] = path;
    await deploy(place, bothAt(start));
    await addRow(place, 'NAPS', {
      MINUTES: '7',
      ...(start === 1 ? { PLACE: "'sofa'" } : { MOOD: "'well'" }),
    });
    await addRow(place, 'TRIPS', { FROM: "'x'" });
    for (const next of later) await deploy(place, bothAt(next));
    expect(await stateOf(place)).toEqual(wanted);
    const { rows } = await warehouse.execute(
      `SELECT "DURATION" FROM "${place.database}"."PUBLIC"."NAPS_CURRENT"`,
    );
    expect(rows).toEqual([['7']]);
    const trips = await warehouse.execute(
      `SELECT "ORIGIN", "SEATS" FROM "${place.database}"."PUBLIC"."TRIPS"`,
    );
    expect(trips.rows).toEqual([['x', '1']]);
  },
);

test('what is deployed needs nothing, and applying nothing writes nothing', async () => {
  const place = newPlace();
  await deploy(place, bothAt(2));
  const plan = await readDeployPlan(warehouse, bothAt(2), place);
  expect(plan.steps).toEqual([]);
  expect(await applyPlan(plan, bothAt(2), depsOn(warehouse))).toBe(0);
});

/** A session that dies before or after its nth statement of a plan, as a killed process does. */
function dying(on: Warehouse, plan: DeployPlan, at: number, when: 'before' | 'after'): Warehouse {
  const doomed = plan.steps[at]?.sql;
  let dead = false;
  return {
    ...on,
    async execute(sql, binds) {
      if (dead) throw new Error('killed');
      if (sql === doomed && when === 'before') dead = true;
      if (dead) throw new Error('killed');
      const result = await on.execute(sql, binds);
      if (sql === doomed) {
        dead = true;
        throw new Error('killed');
      }
      return result;
    },
  };
}

const napsAt = (generation: number): readonly ContractHistory[] => [
  contractOf('NAPS', NAPS.slice(0, generation)),
];

test('an apply that is killed at any statement goes on there, from the same plan', async () => {
  const fresh = newPlace();
  await deploy(fresh, napsAt(3));
  const wanted = await stateOf(fresh);
  for (let at = 0, length = 1; at < length; at += 1) {
    const place = newPlace();
    await deploy(place, napsAt(2));
    await addRow(place, 'NAPS', { MINUTES: '7', MOOD: "'well'" });
    const plan = await readDeployPlan(warehouse, napsAt(3), place);
    length = plan.steps.length;
    const killed = dying(warehouse, plan, at, at % 2 === 0 ? 'after' : 'before');
    await expect(applyPlan(plan, napsAt(3), depsOn(killed))).rejects.toThrow('killed');
    await applyPlan(parsePlanFile(planFileText(plan), 'plan.json'), napsAt(3), depsOn(warehouse));
    expect(await stateOf(place), `killed at ${plan.steps[at]?.description}`).toEqual(wanted);
  }
}, 180_000);

test('two applies at once end as one', async () => {
  const fresh = newPlace();
  await deploy(fresh, bothAt(3));
  const place = newPlace();
  await deploy(place, bothAt(1));
  const plan = await readDeployPlan(warehouse, bothAt(3), place);
  const made = await Promise.all([
    applyPlan(plan, bothAt(3), depsOn(warehouse, { leaseMs: 5000 })),
    applyPlan(plan, bothAt(3), depsOn(lab.connect(), { leaseMs: 5000 })),
  ]);
  expect([...made].sort((a, b) => a - b)).toEqual([0, plan.steps.length]);
  expect(await stateOf(place)).toEqual(await stateOf(fresh));
});

test('a plan that was made against another state is refused, and so is a plan that was edited', async () => {
  const place = newPlace();
  await deploy(place, bothAt(1));
  const plan = await readDeployPlan(warehouse, bothAt(3), place);
  await warehouse.execute(`ALTER TABLE "${place.database}"."PUBLIC"."NAPS" ADD COLUMN "X" DATE`);
  await expect(applyPlan(plan, bothAt(3), depsOn(warehouse))).rejects.toMatchObject({ code: 'PLAN_STALE' });
  const edited = planFileText(plan).replace('ADD COLUMN', 'DROP COLUMN');
  expect(() => parsePlanFile(edited, 'plan.json')).toThrow('its hash does not fit');
});

test('rows that would break a NOT NULL refuse the plan with their number, and it can be left for later', async () => {
  const before = [contractOf('NAPS', [[USER, field('a', '["null","int"]')]])];
  const after = [
    contractOf('NAPS', [
      [USER, field('a', '["null","int"]')],
      [USER, field('a', '"int"')],
    ]),
  ];
  const place = newPlace();
  await deploy(place, before);
  await addRow(place, 'NAPS', {});
  const plan = await readDeployPlan(warehouse, after, place);
  expect(plan.refusals).toMatchObject([
    { object: 'NAPS.A', reason: 'cannot require a value in NAPS.A: 1 of 1 rows have none' },
  ]);
  await expect(applyPlan(plan, after, depsOn(warehouse))).rejects.toMatchObject({ code: 'PLAN_REFUSED' });
  expect((await readDeployPlan(warehouse, after, place, { deferNotNull: true })).steps).toEqual([]);
});

test('a text that was longer than the contract needs stays, and its longest value is told', async () => {
  const uuid = '{"type":"string","logicalType":"uuid"}';
  const contracts = [contractOf('NAPS', [[USER, field('a', uuid)]])];
  const place = newPlace();
  await deploy(place, contracts);
  const column = `ALTER TABLE "${place.database}"."PUBLIC"."NAPS" ALTER COLUMN "A"`;
  await warehouse.execute(`${column} SET DATA TYPE VARCHAR(99)`);
  await addRow(place, 'NAPS', { A: `'${'x'.repeat(41)}'` });
  const { steps, notes } = await readDeployPlan(warehouse, contracts, place);
  expect(steps).toEqual([]);
  expect(notes).toEqual([
    {
      object: 'NAPS.A',
      text: 'NAPS.A is VARCHAR(99); the contract needs no more than VARCHAR(36) (41 characters in the longest A, of 1 rows)',
    },
  ]);
});

test('a column is dropped only where it is allowed, and does not come back', async () => {
  const contracts = [contractOf('NAPS', [[USER, field('a', '"int"')], [USER]])];
  const place = newPlace();
  await deploy(place, contracts);
  const allow = new Set(['drop:NAPS.A']);
  const plan = await readDeployPlan(warehouse, contracts, place, { allow });
  expect(plan.steps.map(({ class: each }) => each)).toContain('destructive');
  await expect(applyPlan(plan, contracts, depsOn(warehouse))).rejects.toMatchObject({ code: 'PLAN_REFUSED' });
  await applyPlan(plan, contracts, depsOn(warehouse, { allow }));
  const { steps } = await readDeployPlan(warehouse, contracts, place);
  expect(steps.filter(({ kind: each }) => each === 'add-column')).toEqual([]);
});

test('an answer that was lost does not end an apply', async () => {
  const place = newPlace();
  await deploy(place, bothAt(1));
  const plan = await readDeployPlan(warehouse, bothAt(2), place);
  const lost = new Set(plan.steps.map(({ sql }) => sql));
  const forgetful: Warehouse = {
    ...warehouse,
    async execute(sql, binds) {
      const result = await warehouse.execute(sql, binds);
      if (lost.delete(sql)) throw new ZonerError('WAREHOUSE_UNAVAILABLE', 'the answer was lost');
      return result;
    },
  };
  await applyPlan(plan, bothAt(2), depsOn(forgetful, { pause: async () => {} }));
  expect((await readDeployPlan(warehouse, bothAt(2), place)).steps).toEqual([]);
});

test('drift tells a hand edit from a contract that is ahead or behind', async () => {
  const place = newPlace();
  const causes = async (generation: number): Promise<readonly string[]> => {
    const actual = await inspect(warehouse, place);
    const deployed = actual.tables.has('ZONER_JOURNAL') ? await readDeployed(warehouse, place) : new Map();
    return [...new Set(findDrift(bothAt(generation), place, actual, deployed).map(({ cause }) => cause))];
  };
  expect(await causes(2)).toEqual(['not deployed']);
  await deploy(place, bothAt(2));
  expect(await causes(2)).toEqual([]);
  expect(await causes(3)).toEqual(['contract ahead']);
  expect(await causes(1)).toEqual(['contract behind']);
  await warehouse.execute(
    `ALTER TABLE "${place.database}"."PUBLIC"."NAPS" ALTER COLUMN "MINUTES" COMMENT 'mine'`,
  );
  expect(await causes(2)).toEqual(['hand edit']);
  expect(await causes(3)).toEqual(['hand edit', 'contract ahead']);
});
