import { expect, test } from 'vitest';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { foldVersions } from '#snowflake/fold.ts';

const INT = '"int"';
const field = (name: string, type: string, more = ''): string => `{"name":"${name}","type":${type}${more}}`;
const versions = (...fields: readonly (readonly string[])[]) =>
  fields.map((each, index) => ({
    version: index + 1,
    schema: parseSchema(`{"type":"record","name":"R","fields":[${each.join(',')}]}`) as RecordSchema,
  }));
const folded = (...fields: readonly (readonly string[])[]): string[] =>
  foldVersions(versions(...fields)).map(({ name, sql, nullable, member }) => {
    return `${name} ${sql}${nullable ? '' : ' NOT NULL'}${member === null ? ' unused' : ''}`;
  });

test('columns stand in order of first appearance, whatever the order of a later version', () => {
  expect(folded([field('a', INT), field('b', INT)], [field('b', INT), field('a', INT)])).toEqual([
    'A NUMBER(10,0) NOT NULL',
    'B NUMBER(10,0) NOT NULL',
  ]);
});

test('a removed field keeps its column, nullable, with a comment that says since when', () => {
  const all = foldVersions(
    versions([field('a', INT, ',"doc":"An a."'), field('b', INT)], [field('b', INT)], [field('b', INT)]),
  );
  expect(all[0]).toMatchObject({
    name: 'A',
    nullable: true,
    member: null,
    comment: 'Removed in version 2. An a.',
  });
});

test('an alias renames the column, through several versions', () => {
  const all = foldVersions(
    versions([field('a', INT)], [field('b', INT, ',"aliases":["a"]')], [field('c', INT, ',"aliases":["b"]')]),
  );
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({ name: 'C', formerNames: ['B', 'A'], nullable: false, member: 'c' });
});

test('a name that a field of the same version has is no alias of another', () => {
  expect(
    folded([field('a', INT)], [field('a', INT), field('b', INT, ',"default":1,"aliases":["a"]')]),
  ).toEqual(['A NUMBER(10,0) NOT NULL', 'B NUMBER(10,0) NOT NULL']);
});

test.each([
  ['with a default', ',"default":7', 'B NUMBER(10,0) NOT NULL', "'7'::NUMBER(10,0)"],
  ['without a default', '', 'B NUMBER(10,0)', null],
])('a required field that came later %s', (_, more, column, backfill) => {
  const fields = [[field('a', INT)], [field('a', INT), field('b', INT, more)]];
  expect(folded(...fields)[1]).toBe(column);
  expect(foldVersions(versions(...fields))[1]?.backfill).toBe(backfill);
});

test('a field that comes back goes on with its column', () => {
  expect(folded([field('a', INT)], [field('b', INT)], [field('a', INT, ',"default":1')])).toEqual([
    'A NUMBER(10,0) NOT NULL',
    'B NUMBER(10,0) unused',
  ]);
});

test.each([
  ['int to long', INT, '"long"', ['X NUMBER(19,0) NOT NULL']],
  ['long to int, which keeps the wider', '"long"', INT, ['X NUMBER(19,0) NOT NULL']],
  ['uuid to string', '{"type":"string","logicalType":"uuid"}', '"string"', ['X VARCHAR NOT NULL']],
  ['float to double', '"float"', '"double"', ['X FLOAT NOT NULL']],
  ['required to optional', INT, '["null","int"]', ['X NUMBER(10,0)']],
  ['optional to required', '["null","int"]', INT, ['X NUMBER(10,0) NOT NULL']],
  ['int to double, which no ALTER can follow', INT, '"double"', ['X NUMBER(10,0) unused', 'X_FLOAT FLOAT']],
  ['a scalar to a union', INT, '["int","string"]', ['X NUMBER(10,0) unused', 'X_VARIANT VARIANT']],
])('%s', (_, before, after, columns) => {
  expect(folded([field('x', before)], [field('x', after)])).toEqual(columns);
});

test('a type that comes back goes on with its column', () => {
  expect(folded([field('x', INT)], [field('x', '"string"')], [field('x', INT)])).toEqual([
    'X NUMBER(10,0)',
    'X_VARCHAR VARCHAR unused',
  ]);
});

test('a field without a doc has a comment all the same once it is removed', () => {
  const all = foldVersions(versions([field('a', INT), field('b', INT)], [field('b', INT)]));
  expect(all[0]?.comment).toBe('Removed in version 2.');
});
