import { expect, test } from 'vitest';
import { naps, PLACE } from '#snowflake/examples.ts';
import type { ActualColumn, ActualState } from '#snowflake/inspect.ts';
import { planTables } from '#snowflake/plan.ts';
import { tableOf } from '#snowflake/table.ts';

const table = tableOf(naps);
const columns: readonly ActualColumn[] = table.columns.map(({ name, sql, nullable }) => ({
  name,
  sql,
  nullable,
}));
const state = (actual: readonly ActualColumn[] | null): ActualState => {
  return { database: true, schema: true, tables: new Map(actual === null ? [] : [['NAPS', actual]]) };
};
const kindsOf = (actual: ActualState): string[] => planTables([table], PLACE, actual).map(({ kind }) => kind);

test('from nothing: database, schema, table, in this order', () => {
  const nothing = { database: false, schema: false, tables: new Map() };
  expect(kindsOf(nothing)).toEqual(['create-database', 'create-schema', 'create-table']);
});

test('only what is missing is created', () => {
  expect(kindsOf(state(null))).toEqual(['create-table']);
  expect(kindsOf(state(columns))).toEqual([]);
});

test("a column of somebody else's that may be empty does no harm", () => {
  expect(kindsOf(state([...columns, { name: 'THEIRS', sql: 'VARCHAR', nullable: true }]))).toEqual([]);
});

test.each([
  ['a missing column', columns.slice(1), 'NAPS: column USER VARCHAR is missing'],
  [
    'another type',
    columns.map((each) => (each.name === 'MINUTES' ? { ...each, sql: 'FLOAT' } : each)),
    'NAPS: column MINUTES is FLOAT, the contract wants NUMBER(10,0)',
  ],
  [
    'another nullability',
    columns.map((each) => (each.name === 'MINUTES' ? { ...each, nullable: false } : each)),
    'NAPS: column MINUTES must allow NULL',
  ],
  [
    'a required column of somebody else',
    [...columns, { name: 'X', sql: 'VARCHAR', nullable: false }],
    'NAPS: column X is required',
  ],
])('a table with %s is refused by name, never replaced', (_, actual, reason) => {
  expect(() => kindsOf(state(actual))).toThrow(reason);
});
