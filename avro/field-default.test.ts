import { expect, test } from 'vitest';
import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { parseSchema } from '#avro/parse.ts';

const record = (fields: string): string => `{"type":"record","name":"R","fields":[${fields}]}`;
const writer = parseSchema(record('{"name":"x","type":"int"}'));

const fixed = (size: number): string => `{"type":"fixed","name":"F","size":${size}}`;
const DEFAULTS: readonly (readonly [what: string, type: string, json: string, value: unknown])[] = [
  ['a long beyond 2^53', '"long"', '9007199254740993', 9007199254740993n],
  ['the lowest long', '"long"', '-9223372036854775808', -9223372036854775808n],
  ['longs in an array', '{"type":"array","items":"long"}', '[9007199254740993]', [9007199254740993n]],
  ['NaN', '"double"', '"NaN"', Number.NaN],
  ['a rounded float', '"float"', '1.1', Math.fround(1.1)],
  ['a value of the second branch', '["null","int"]', '7', 7],
  ['null of a later branch', '["string","null"]', 'null', null],
  ['a tagged branch', '["int","string"]', '"a"', { kind: 'string', value: 'a' }],
  ['bytes', '"bytes"', '"\\u00ff"', Buffer.from([255])],
  ['a fixed that is too short', fixed(2), '"\\u0001"', Buffer.from([1, 0])],
  ['a fixed that is too long', fixed(1), '"\\u0001\\u0002"', Buffer.from([1])],
  ['an instant', '{"type":"long","logicalType":"timestamp-millis"}', '5', new Date(5)],
  ['a date', '{"type":"int","logicalType":"date"}', '-1', '1969-12-31'],
  [
    'a record that fills in its own defaults',
    '{"type":"record","name":"I","fields":[{"name":"q","type":"long","default":3},{"name":"n","type":["null","int"],"default":1}]}',
    '{"n":null}',
    { q: 3n, n: null },
  ],
  [
    'a record of a union',
    '[{"type":"record","name":"A","fields":[{"name":"p","type":"int"}]},{"type":"record","name":"B","fields":[{"name":"q","type":"int"}]}]',
    '{"q":1}',
    { kind: 'B', q: 1 },
  ],
  ['a map', '{"type":"map","values":"int"}', '{"a":1}', Object.assign(Object.create(null), { a: 1 })],
];

test.each(DEFAULTS)('%s is the default that a reader and a writer get', (_, type, json, value) => {
  const schema = parseSchema(
    record(`{"name":"x","type":"int"},{"name":"d","type":${type},"default":${json}}`),
  );
  const older = compileEncoder(writer).encode({ x: 1 });
  expect(compileDecoder(writer, schema).decode(older)).toEqual({ x: 1, d: value });
  const leftOut = compileEncoder(schema).encode({ x: 1 });
  expect(compileDecoder(schema, schema).decode(leftOut)).toEqual({ x: 1, d: value });
});

test('what one reader does to a default, the next does not see', () => {
  const schema = parseSchema(
    record('{"name":"x","type":"int"},{"name":"d","type":{"type":"array","items":"int"},"default":[]}'),
  );
  const { decode } = compileDecoder(writer, schema);
  const bytes = compileEncoder(writer).encode({ x: 1 });
  (decode(bytes) as { d: number[] }).d.push(1);
  expect(decode(bytes)).toEqual({ x: 1, d: [] });
});

test('a field that the writer has keeps its value, also null', () => {
  const nullable = '{"name":"d","type":["null","int"],"default":null}';
  const from = parseSchema(record(nullable));
  const to = parseSchema(record(`${nullable},{"name":"e","type":"null","default":null}`));
  const { decode } = compileDecoder(from, to);
  expect(decode(compileEncoder(from).encode({ d: 5 }))).toEqual({ d: 5, e: null });
  expect(decode(compileEncoder(from).encode({ d: null }))).toEqual({ d: null, e: null });
});

test('a default that its logical type does not allow refuses the value that needs it', () => {
  const schema = parseSchema(
    record(
      '{"name":"x","type":"int"},{"name":"id","type":{"type":"string","logicalType":"uuid"},"default":""}',
    ),
  );
  expect(() => compileEncoder(schema).encode({ x: 1 })).toThrow('id: a UUID is needed');
});
