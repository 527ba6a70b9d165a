import { expect, test } from 'vitest';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { upperSnake } from '#contract/warehouse-names.ts';
import { columnType } from '#snowflake/column-type.ts';
import { naps } from '#snowflake/examples.ts';
import { literal, quoted } from '#snowflake/names.ts';
import { tableOf } from '#snowflake/table.ts';
import { tableDdl } from '#snowflake/table-ddl.ts';

test.each([
  ['occurredAtLocal', 'OCCURRED_AT_LOCAL'],
  ['HTTPStatus', 'HTTP_STATUS'],
  ['already_snake', 'ALREADY_SNAKE'],
  ['lux2Melanopic', 'LUX2_MELANOPIC'],
  ['x', 'X'],
])('the field %s is the column %s', (field, column) => {
  expect(upperSnake(field)).toBe(column);
});

test('names and texts cannot leave their quotes', () => {
  expect(quoted('a"b')).toBe('"a""b"');
  expect(literal("it's a \\ b")).toBe("'it''s a \\\\ b'");
});

const logical = (base: string, name: string, more = ''): string =>
  `{"type":"${base}","logicalType":"${name}"${more}}`;
const fixed = (size: number, more = ''): string => `{"type":"fixed","name":"F","size":${size}${more}}`;

test.each([
  ['"boolean"', 'BOOLEAN', false],
  ['"int"', 'NUMBER(10,0)', false],
  ['"long"', 'NUMBER(19,0)', false],
  ['"float"', 'FLOAT', false],
  ['"double"', 'FLOAT', false],
  ['"string"', 'VARCHAR', false],
  ['"bytes"', 'BINARY', false],
  [fixed(3), 'BINARY(3)', false],
  ['{"type":"enum","name":"E","symbols":["A"]}', 'VARCHAR', false],
  [logical('bytes', 'decimal', ',"precision":9,"scale":2'), 'NUMBER(9,2)', false],
  [logical('bytes', 'decimal', ',"precision":40,"scale":2'), 'VARCHAR', false],
  [logical('bytes', 'decimal', ',"precision":38,"scale":38'), 'VARCHAR', false],
  [logical('string', 'uuid'), 'VARCHAR(36)', false],
  [fixed(16, ',"logicalType":"uuid"'), 'VARCHAR(36)', false],
  [fixed(12, ',"logicalType":"duration"'), 'VARIANT', true],
  [logical('int', 'date'), 'DATE', false],
  [logical('int', 'time-millis'), 'TIME(3)', false],
  [logical('long', 'time-micros'), 'TIME(6)', false],
  [logical('long', 'timestamp-millis'), 'TIMESTAMP_TZ(3)', false],
  [logical('long', 'timestamp-nanos'), 'TIMESTAMP_TZ(9)', false],
  [logical('long', 'local-timestamp-micros'), 'TIMESTAMP_NTZ(6)', false],
  ['{"type":"array","items":"int"}', 'VARIANT', true],
  ['{"type":"map","values":"int"}', 'VARIANT', true],
  ['["null","int"]', 'NUMBER(10,0)', true],
  ['["int"]', 'NUMBER(10,0)', false],
  ['["int","string"]', 'VARIANT', true],
  ['"null"', 'VARIANT', true],
])('%s is a column %s', (schema, sql, nullable) => {
  expect(columnType(parseSchema(schema))).toMatchObject({ sql, nullable });
});

test('the DDL has the fields, then the metadata, and declares the identity as key', () => {
  const text = `{"type":"record","name":"Nap","doc":"It's a nap.","fields":[
    {"name":"userId","type":"string","doc":"Who's asleep."},{"name":"minutes","type":["null","int"]}]}`;
  const [table = '', current = ''] = tableDdl(exampleContract(text)).split('\n\n');
  const ddl = table.split('\n');
  expect(ddl.slice(0, 3)).toEqual([
    'CREATE TABLE IF NOT EXISTS "NAPS" (',
    `  "USER_ID" VARCHAR NOT NULL COMMENT 'Who''s asleep.',`,
    '  "MINUTES" NUMBER(10,0),',
  ]);
  expect(ddl.at(-4)).toMatch(/^ {2}"_LOADED_AT" TIMESTAMP_TZ\(3\) NOT NULL/);
  expect(ddl.slice(-3)).toEqual([
    '  PRIMARY KEY ("_TOPIC", "_PARTITION", "_OFFSET")',
    ')',
    `COMMENT = 'It''s a nap.';`,
  ]);
  expect(current).toMatch(/^CREATE OR REPLACE VIEW "NAPS_CURRENT" \(/);
});

test.each([
  ['orderId', 'order_id', 'both be the column ORDER_ID'],
  ['a', '_topic', 'both be the column _TOPIC'],
])('fields %s and %s are refused where they share a column', (first, second, reason) => {
  const field = (name: string): string => `{"name":"${name}","type":"int"}`;
  const text = `{"type":"record","name":"R","fields":[${field(first)},${field(second)}]}`;
  expect(() => tableOf(exampleContract(text))).toThrow(reason);
});

test('no column has a DEFAULT: Snowflake could never change it', () => {
  const root = parseSchema(
    '{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":1}]}',
  ) as RecordSchema;
  expect(tableDdl({ ...naps, root })).not.toContain('DEFAULT');
});
