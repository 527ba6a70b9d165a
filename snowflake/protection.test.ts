import { expect, test } from 'vitest';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import type { Contract } from '#contract/contract.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { type Change, PLAN_DEFAULTS, type PlanOptions } from '#snowflake/change.ts';
import { PLACE } from '#snowflake/examples.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';
import { type ActualColumn, type ActualState, NOTHING, UNPROTECTED } from '#snowflake/live-state.ts';
import { desiredOf, planTables } from '#snowflake/plan.ts';
import { readersOf } from '#snowflake/protection.ts';
import { afterEdit } from '#snowflake/simulate.ts';

const NAP = `{ "type": "record", "name": "Nap", "fields": [
  { "name": "user", "type": "string" },
  { "name": "minutes", "type": "int" },
  { "name": "heart", "type": ["null", "double"], "confluent:tags": ["HEALTH"] },
  { "name": "places", "type": { "type": "array", "items": { "type": "record", "name": "Place", "fields": [
    { "name": "city", "type": "string", "pii": true } ] } } } ] }`;
const readers = ["O'NEIL", 'DOCTOR'];
const on: Contract = { ...exampleContract(NAP), person: 'user', protection: { readers } };
const off: Contract = { ...on, protection: null };

const plan = (contract: Contract, actual: ActualState, options: Partial<PlanOptions> = {}) =>
  planTables([desiredOf(contract)], PLACE, actual, { ...PLAN_DEFAULTS, ...options });
const after = (changes: readonly Change[], state: ActualState): ActualState =>
  changes.reduce((each, { edit }) => afterEdit(each, edit, PLACE), state);
const sqlOf = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ sql }) => sql.replaceAll('"DB"."PUBLIC".', ''));

const nothing: ActualState = { ...NOTHING, protection: UNPROTECTED };
const masked = after(plan(on, nothing).changes, nothing);
const unmasked = after(plan(off, nothing).changes, nothing);

function withColumn(state: ActualState, name: string, change: Partial<ActualColumn>): ActualState {
  const table = state.tables.get('NAPS');
  if (table === undefined) throw new Error('it was deployed');
  const columns = table.columns.map((each) => (each.name === name ? { ...each, ...change } : each));
  return { ...state, tables: new Map(state.tables).set('NAPS', { ...table, columns }) };
}

const protectedColumns = (contract: Contract, history: readonly SchemaVersion[] = []) =>
  [...(desiredOf(contract, history).protection?.columns ?? [])].map(([name, { tag, policy }]) => [
    name,
    tag,
    policy.type,
  ]);

test('a column is protected for a tag of its field, of anything in it, and where it names the person', () => {
  expect(protectedColumns(on)).toEqual([
    ['USER', 'PII', 'VARCHAR'],
    ['HEART', 'HEALTH', 'FLOAT'],
    ['PLACES', 'PII', 'VARIANT'],
    ['_KEY', 'PII', 'VARCHAR'],
  ]);
});

test('a field that was tagged once stays protected, also when it is gone', () => {
  const old = parseSchema(
    '{"type":"record","name":"Nap","fields":[{"name":"user","type":"string"},{"name":"phone","type":"string","pii":true}]}',
  ) as RecordSchema;
  expect(protectedColumns(on, [{ version: 1, schema: old }])).toContainEqual(['PHONE', 'PII', 'VARCHAR']);
});

test('a contract that asks for nothing gets no tag and no policy', () => {
  expect(plan(off, nothing).changes.map(({ edit }) => edit.kind)).toEqual(
    plan(off, NOTHING).changes.map(({ edit }) => edit.kind),
  );
  expect(plan(off, unmasked)).toEqual({ changes: [], refusals: [], notes: [] });
});

test('where nobody has asked for masks, none are planned', () => {
  expect(sqlOf(plan(on, NOTHING).changes).filter((sql) => /MASKING|TAG/.test(sql))).toEqual([]);
});

test('switched on, a table gets a policy for each type, and each tagged column its policy and its tag', () => {
  const { changes } = plan(on, unmasked);
  const may = `IS_ROLE_IN_SESSION('O''NEIL') OR IS_ROLE_IN_SESSION('DOCTOR')`;
  const alter = (column: string): string => `ALTER TABLE "NAPS" ALTER COLUMN "${column}" SET`;
  expect(sqlOf(changes)).toEqual([
    `CREATE TAG IF NOT EXISTS "ZONER_PERSONAL" ALLOWED_VALUES 'HEALTH', 'PII', 'SENSITIVE' COMMENT = 'Values about people, as the contracts say.'`,
    `CREATE MASKING POLICY IF NOT EXISTS "ZONER_MASK_NAPS_VARCHAR" AS ("VAL" VARCHAR) RETURNS VARCHAR -> CASE WHEN ${may} THEN "VAL" ELSE '•••' END`,
    `CREATE MASKING POLICY IF NOT EXISTS "ZONER_MASK_NAPS_FLOAT" AS ("VAL" FLOAT) RETURNS FLOAT -> CASE WHEN ${may} THEN "VAL" ELSE NULL END`,
    `CREATE MASKING POLICY IF NOT EXISTS "ZONER_MASK_NAPS_VARIANT" AS ("VAL" VARIANT) RETURNS VARIANT -> CASE WHEN ${may} THEN "VAL" ELSE NULL END`,
    ...['USER VARCHAR PII', 'HEART FLOAT HEALTH', 'PLACES VARIANT PII', '_KEY VARCHAR PII'].flatMap(
      (each) => {
        const [column = '', type, tag] = each.split(' ');
        return [
          `${alter(column)} MASKING POLICY "ZONER_MASK_NAPS_${type}"`,
          `${alter(column)} TAG "ZONER_PERSONAL" = '${tag}'`,
        ];
      },
    ),
  ]);
  expect(new Set(changes.map((change) => change.class))).toEqual(new Set(['safe']));
  expect(plan(on, masked)).toEqual({ changes: [], refusals: [], notes: [] });
});

test('two tables share the tag, which is made once', () => {
  const trips: Contract = { ...on, name: 'trips', table: 'TRIPS' };
  const { changes } = planTables([desiredOf(on), desiredOf(trips)], PLACE, nothing);
  expect(changes.filter(({ edit }) => edit.kind === 'create-tag')).toHaveLength(1);
});

test('a new tagged column is masked in the plan that adds it', () => {
  const grown = exampleContract(
    NAP.replace(
      '"fields": [',
      '"fields": [ { "name": "ssn", "type": ["null", "string"], "default": null, "pii": true },',
    ),
  );
  const kinds = plan({ ...on, ...grown, person: 'user', protection: { readers } }, masked).changes.map(
    ({ edit, object }) => `${edit.kind} ${object}`,
  );
  expect(kinds.slice(0, 3)).toEqual(['add-column NAPS.SSN', 'mask-column NAPS.SSN', 'tag-column NAPS.SSN']);
});

test('other readers change the bodies of the policies, before anything else looks at rows', () => {
  const { changes } = plan(
    { ...on, protection: { readers: ['DOCTOR'] } },
    withColumn(masked, 'MINUTES', { nullable: true }),
  );
  expect(changes.map(({ edit }) => edit.kind)).toEqual([
    'set-policy-body',
    'set-policy-body',
    'set-policy-body',
    'set-not-null',
  ]);
  expect(sqlOf(changes)[0]).toBe(
    `ALTER MASKING POLICY "ZONER_MASK_NAPS_VARCHAR" SET BODY -> CASE WHEN IS_ROLE_IN_SESSION('DOCTOR') THEN "VAL" ELSE '•••' END`,
  );
});

test('a mask or a tag that somebody took away comes back', () => {
  expect(sqlOf(plan(on, withColumn(masked, 'USER', { policy: null, tag: null })).changes)).toEqual([
    'ALTER TABLE "NAPS" ALTER COLUMN "USER" SET MASKING POLICY "ZONER_MASK_NAPS_VARCHAR"',
    `ALTER TABLE "NAPS" ALTER COLUMN "USER" SET TAG "ZONER_PERSONAL" = 'PII'`,
  ]);
});

test("a column that somebody else's policy masks keeps it, and the plan says so", () => {
  const { changes, notes } = plan(on, withColumn(masked, 'USER', { policy: '"GOV"."P"."HIDE"' }));
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ object: 'NAPS.USER', text: expect.stringContaining('"GOV"."P"."HIDE"') }]);
});

test('switched off, everything is taken back, and only where --allow names the table', () => {
  const { changes, refusals } = plan(off, masked, { allow: new Set(['unmask:NAPS']) });
  expect(refusals).toEqual([]);
  expect(new Set(changes.map((change) => change.class))).toEqual(new Set(['destructive']));
  expect(sqlOf(changes).slice(0, 2)).toEqual([
    'ALTER TABLE "NAPS" ALTER COLUMN "USER" UNSET MASKING POLICY',
    'ALTER TABLE "NAPS" ALTER COLUMN "USER" UNSET TAG "ZONER_PERSONAL"',
  ]);
  expect(sqlOf(changes).slice(-3)).toEqual([
    'DROP MASKING POLICY IF EXISTS "ZONER_MASK_NAPS_FLOAT"',
    'DROP MASKING POLICY IF EXISTS "ZONER_MASK_NAPS_VARCHAR"',
    'DROP MASKING POLICY IF EXISTS "ZONER_MASK_NAPS_VARIANT"',
  ]);
  expect(plan(off, after(changes, masked))).toEqual({ changes: [], refusals: [], notes: [] });
  expect(plan(on, masked, { allow: new Set(['unmask:NAPS']) }).refusals).toMatchObject([
    { reason: '--allow unmask:NAPS names no table that could be unmasked' },
  ]);
});

test('the readers of a policy are read back from its body', () => {
  const policy = desiredOf({
    ...on,
    protection: { readers: ["O'NEIL", 'A\\B', 'C'] },
  }).protection?.columns.get('USER')?.policy;
  expect(readersOf(policy?.body ?? '')).toEqual(["O'NEIL", 'A\\B', 'C']);
});
