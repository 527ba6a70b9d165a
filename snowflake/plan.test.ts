import { expect, test } from 'vitest';
import { exampleContract } from '#contract/example-contract.ts';
import { type Change, PLAN_DEFAULTS, type PlanOptions } from '#snowflake/change.ts';
import { naps, PLACE } from '#snowflake/examples.ts';
import { type ActualColumn, type ActualState, NOTHING } from '#snowflake/live-state.ts';
import { desiredOf, planTables } from '#snowflake/plan.ts';
import { planSchemaChange } from '#snowflake/plan-schema-change.ts';
import { afterEdit } from '#snowflake/simulate.ts';

const desired = desiredOf(naps);
const after = (changes: readonly Change[], state: ActualState): ActualState => {
  return changes.reduce((each, { edit }) => afterEdit(each, edit, PLACE), state);
};
const plan = (actual: ActualState, options: Partial<PlanOptions> = {}) =>
  planTables([desired], PLACE, actual, { ...PLAN_DEFAULTS, ...options });
const deployed = after(plan(NOTHING).changes, NOTHING);

/** The deployed state with other columns in the table. */
function withColumns(change: (columns: readonly ActualColumn[]) => readonly ActualColumn[]): ActualState {
  const table = deployed.tables.get('NAPS');
  if (table === undefined) throw new Error('it was deployed');
  const tables = new Map(deployed.tables).set('NAPS', { ...table, columns: change(table.columns) });
  return { ...deployed, tables };
}
const changed = (name: string, change: Partial<ActualColumn>): ActualState =>
  withColumns((columns) => columns.map((each) => (each.name === name ? { ...each, ...change } : each)));
const COLUMN = { sql: 'DATE', comment: null, policy: null, tag: null };
const theirs = (nullable: boolean, hasDefault = false): ActualState =>
  withColumns((columns) => [...columns, { ...COLUMN, name: 'X', nullable, hasDefault }]);
const sqlOf = (actual: ActualState, options: Partial<PlanOptions> = {}): string[] =>
  plan(actual, options).changes.map(({ sql }) => sql.replaceAll('"DB"."PUBLIC".', ''));

test('from nothing: database, schema, table, view, in this order', () => {
  expect(plan(NOTHING).changes.map(({ edit }) => edit.kind)).toEqual([
    'create-database',
    'create-schema',
    'create-table',
    'replace-view',
  ]);
});

test('what is deployed needs nothing', () => {
  expect(plan(deployed)).toEqual({ changes: [], refusals: [], notes: [] });
});

test.each([
  [
    'a missing column comes without NOT NULL, which rows could not keep, and is required then',
    withColumns((columns) => columns.filter(({ name }) => name !== 'USER')),
    [
      'ALTER TABLE "NAPS" ADD COLUMN IF NOT EXISTS "USER" VARCHAR',
      'ALTER TABLE "NAPS" ALTER COLUMN "USER" SET NOT NULL',
    ],
  ],
  [
    'too little room is widened',
    changed('MINUTES', { sql: 'NUMBER(5,0)' }),
    ['ALTER TABLE "NAPS" ALTER COLUMN "MINUTES" SET DATA TYPE NUMBER(10,0)'],
  ],
  [
    'a NOT NULL that the contract does not ask for goes',
    changed('MINUTES', { nullable: false }),
    ['ALTER TABLE "NAPS" ALTER COLUMN "MINUTES" DROP NOT NULL'],
  ],
  [
    'another comment is put right',
    changed('MINUTES', { comment: 'x' }),
    ['ALTER TABLE "NAPS" ALTER COLUMN "MINUTES" UNSET COMMENT'],
  ],
])('%s', (_, actual, sql) => {
  expect(sqlOf(actual)).toEqual(sql);
});

test('a wider column of an adopted table stays, and is mentioned', () => {
  expect(plan(changed('MINUTES', { sql: 'NUMBER(38,0)' }))).toMatchObject({
    changes: [],
    notes: [{ text: 'NAPS.MINUTES is NUMBER(38,0); the contract needs no more than NUMBER(10,0)' }],
  });
});

test("somebody else's column does no harm as long as rows can be written without it", () => {
  for (const state of [theirs(true), theirs(false, true)]) expect(plan(state).refusals).toEqual([]);
  expect(plan(theirs(false)).refusals).toMatchObject([
    { object: 'NAPS.X', reason: /no row could be written/ },
  ]);
});

test('a column that nothing can turn into the right type is refused with the way out', () => {
  const { changes, refusals } = plan(changed('MINUTES', { sql: 'FLOAT' }));
  expect(changes).toEqual([]);
  expect(refusals).toMatchObject([
    { object: 'NAPS.MINUTES', wayOut: expect.stringContaining('RENAME COLUMN "MINUTES" TO "MINUTES_OLD"') },
  ]);
});

test('what carries the name of a table and is none is refused', () => {
  const view = { columns: [], comment: null, definition: null };
  const { changes, refusals } = plan({ ...deployed, tables: new Map(), views: new Map([['NAPS', view]]) });
  expect(refusals).toMatchObject([
    { object: 'NAPS', reason: 'NAPS is a view, and the contract needs a table of this name' },
  ]);
  expect(changes.map(({ object }) => object)).toEqual(['NAPS_CURRENT']);
});

test('a column is dropped only if it is named, and never one that the contract writes', () => {
  expect(sqlOf(theirs(true), { allow: new Set(['drop:NAPS.X']) })).toEqual([
    'ALTER TABLE "NAPS" DROP COLUMN IF EXISTS "X"',
  ]);
  expect(plan(deployed, { allow: new Set(['drop:NAPS.MINUTES']) })).toMatchObject({
    changes: [],
    refusals: [{ object: 'NAPS.MINUTES' }],
  });
});

test('a view that reads something else is replaced', () => {
  const view = deployed.views.get('NAPS_CURRENT');
  if (view === undefined) throw new Error('it was deployed');
  const other = { ...view, definition: `${view.definition} AND TRUE` };
  const views = new Map(deployed.views).set('NAPS_CURRENT', other);
  expect(plan({ ...deployed, views }).changes).toMatchObject([
    { edit: { kind: 'replace-view' }, reason: 'it reads something else' },
  ]);
  const spaced = new Map(deployed.views).set('NAPS_CURRENT', {
    ...view,
    definition: `${view.definition} ;\n`,
  });
  expect(plan({ ...deployed, views: spaced }).changes).toEqual([]);
});

test('NOT NULL can be left for later', () => {
  const nullable = changed('USER', { nullable: true });
  expect(sqlOf(nullable)).toEqual(['ALTER TABLE "NAPS" ALTER COLUMN "USER" SET NOT NULL']);
  expect(sqlOf(nullable, { deferNotNull: true })).toEqual([]);
});

test('a change of schema shows its statements, and what Snowflake cannot do in place', () => {
  const text = `{"type":"record","name":"Nap","fields":[{"name":"user","type":"string"},
    {"name":"minutes","type":["null","double"]},{"name":"deep","type":"boolean","default":false}]}`;
  const { changes, impossibleInPlace } = planSchemaChange(
    exampleContract(text),
    [{ version: 1, schema: naps.root }],
    PLACE,
  );
  expect(impossibleInPlace).toMatchObject([
    {
      object: 'NAPS.MINUTES',
      field: 'minutes',
      reason: 'Snowflake cannot turn NUMBER(10,0) into FLOAT in place',
    },
  ]);
  expect(changes.map(({ description }) => description)).toEqual([
    'comment column NAPS.MINUTES',
    'add column NAPS.MINUTES_FLOAT FLOAT',
    'add column NAPS.DEEP BOOLEAN',
    'fill NAPS.DEEP with FALSE where it is NULL',
    'require a value in NAPS.DEEP',
    'replace view NAPS_CURRENT',
  ]);
});
