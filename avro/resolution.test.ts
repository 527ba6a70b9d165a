import { expect, test } from 'vitest';
import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { parseSchema, parseSchemaFiles } from '#avro/parse.ts';
import { schemaText } from '#avro/schema-text.ts';

function read(from: string, to: string, value: unknown): unknown {
  const [writer, reader] = [parseSchema(from), parseSchema(to)];
  return compileDecoder(writer, reader).decode(compileEncoder(writer).encode(value));
}

const record = (name: string, fields: string): string =>
  `{"type":"record","name":"${name}","fields":[${fields}]}`;

test.each([
  ['int', 'long', 5, 5n],
  ['int', 'float', 16777217, 16777216],
  ['int', 'double', 16777217, 16777217],
  ['long', 'double', -9223372036854775807n, -(2 ** 63)],
  ['long', 'float', -4503599627370497n, -4503599627370496],
  ['float', 'double', Math.fround(1.1), Math.fround(1.1)],
  ['string', 'bytes', 'ä', Buffer.from('ä')],
  ['bytes', 'string', Buffer.from('ä'), 'ä'],
])('%s is read as %s without another loss than rounding', (from, to, value, expected) => {
  expect(read(`"${from}"`, `"${to}"`, value)).toEqual(expected);
});

test('bytes that are no text are not read as one', () => {
  expect(() => read('"bytes"', '"string"', Buffer.from([0xff]))).toThrow('not valid UTF-8');
});

test.each([
  ['"int"', '["double","long","int"]', 7, { kind: 'int', value: 7 }],
  ['["null","int"]', '["null","long","int"]', 7, { kind: 'int', value: 7 }],
  ['"string"', '["bytes","string"]', 'a', { kind: 'string', value: 'a' }],
  ['"int"', '["string","double","long"]', 7, { kind: 'double', value: 7 }],
])('%s goes to the branch of %s that it is, before one that it could become', (from, to, value, expected) => {
  expect(read(from, to, value)).toEqual(expected);
});

const date = '{"type":"int","logicalType":"date"}';
const instant = '{"type":"long","logicalType":"timestamp-millis"}';
const price = '{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}';

test.each([
  ['days as milliseconds', `["null",${date}]`, `["null",${instant}]`],
  ['days as a number', date, '["null","long"]'],
  ['a decimal as text', `["null",${price}]`, '["null","string"]'],
  [
    'milliseconds as a number, in a record that another record reads as well',
    record(
      'R',
      `{"name":"a","type":${record('n.I', '{"name":"t","type":"long"}')}},{"name":"b","type":${record('m.I', `{"name":"t","type":${instant}}`)}}`,
    ),
    record('R', `{"name":"a","type":${record('I', '{"name":"t","type":"long"}')}},{"name":"b","type":"I"}`),
  ],
])('a writer is refused that would have %s read', (_, from, to) => {
  expect(() => compileDecoder(parseSchema(from), parseSchema(to))).toThrow('it cannot be read as');
});

const inNamespace = (namespace: string): string =>
  record(
    `${namespace}.R`,
    '{"name":"f","type":["null",{"type":"fixed","name":"F","size":1},{"type":"enum","name":"E","symbols":["A"]}]}',
  );

test('an alias of a field counts only between records of one full name', () => {
  const before = record('old.R', '{"name":"a","type":"int"}');
  const after = (name: string, more = '') =>
    `{"type":"record","name":"${name}"${more},"fields":[{"name":"b","type":"int","aliases":["a"]}]}`;
  expect(read(before, after('old.R'), { a: 1 })).toEqual({ b: 1 });
  expect(read(before, after('new.R', ',"aliases":["old.R"]'), { a: 1 })).toEqual({ b: 1 });
  expect(() => read(before, after('new.R'), { a: 1 })).toThrow('b is not in what was written');
});

test.each(['enum', 'fixed'])('an alias of the %s type counts with its namespace', (type) => {
  const named = (name: string, aliases: string) =>
    `{"type":"${type}","name":"${name}","aliases":[${aliases}],"symbols":["A"],"size":1}`;
  const value = type === 'enum' ? 'A' : Buffer.from([1]);
  expect(read(named('x.Old', ''), named('y.New', '"x.Old"'), value)).toEqual(value);
  expect(() => read(named('x.Old', ''), named('y.New', '"Old"'), value)).toThrow('cannot be read as');
});

test('a union that says the same branch by branch is read so, whatever the namespaces', () => {
  const value = { f: { kind: 'F', value: Buffer.from([7]) } };
  expect(read(inNamespace('old'), inNamespace('new'), value)).toEqual(value);
});

test('in a union that says something else, a name counts with its namespace', () => {
  const wider = inNamespace('new').replace('["A"]', '["A","B"]');
  expect(() => read(inNamespace('old'), wider, { f: { kind: 'E', value: 'A' } })).toThrow(
    'written as enum old.E, it cannot be read as one of null, fixed new.F, enum new.E',
  );
});

test('a new kind of record is not read as an old kind whose fields have defaults; a renamed one is', () => {
  const meal = record('Meal', '{"name":"energy","type":"int","default":0}');
  const exercise = record('Exercise', '{"name":"minutes","type":"int"}');
  const value = { kind: 'Exercise', minutes: 30 };
  expect(() => read(`[${meal},${exercise}]`, `["null",${meal}]`, value)).toThrow(
    'written as record Exercise, it cannot be read as one of null, record Meal',
  );
  const training = record('Training', '{"name":"minutes","type":"int"}');
  expect(read(`[${meal},${exercise}]`, `[${meal},${training}]`, value)).toEqual({
    kind: 'Training',
    minutes: 30,
  });
});

test('a type outside every namespace can be used inside one', () => {
  const [outer] = parseSchemaFiles([
    { file: 'a', text: record('x.A', '{"name":"b","type":["B","C"]},{"name":"again","type":"B"}') },
    { file: 'b', text: `[${record('B', '{"name":"v","type":"int"}')},${record('C', '')}]` },
  ]);
  const schema = outer?.schema ?? parseSchema('"null"');
  const value = { b: { kind: 'B', v: 1 }, again: { v: 2 } };
  expect(compileDecoder(schema, schema).decode(compileEncoder(schema).encode(value))).toEqual(value);
  expect(schemaText(parseSchema(schemaText(schema)))).toBe(schemaText(schema));
});

test('names that avsc does not know work', () => {
  const text = record(
    'Größe',
    '{"name":"länge","type":"int"},{"name":"__proto__","type":"int"},{"name":"art","type":{"type":"enum","name":"Art","symbols":["groß"]}}',
  );
  const value = JSON.parse('{"länge":1,"__proto__":2,"art":"groß"}') as object;
  const decoded = read(text, text, value) as object;
  expect(Object.entries(decoded)).toEqual(Object.entries(value));
  expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
});

test('an attribute called name does not name an array', () => {
  const list = '{"type":"array","name":"List","items":"int"}';
  const text = record('R', `{"name":"a","type":${list}},{"name":"b","type":["null",${list},"string"]}`);
  const value = { a: [1], b: { kind: 'array', value: [2] } };
  expect(read(text, text, value)).toEqual(value);
});
