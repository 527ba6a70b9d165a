import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { fromJson } from '#avro/from-json.ts';
import { toJson } from '#avro/json-form.ts';
import type { AvroSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { randomValue, seeded } from '#avro/random-value.ts';

const logical = (type: string, logicalType: string): string =>
  `{"type":"${type}","logicalType":"${logicalType}"}`;
const SHAPES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'].map((each) => `"${each}"`),
    logical('string', 'uuid'),
    logical('int', 'date'),
    logical('int', 'time-millis'),
    ...['time-micros', 'timestamp-millis', 'timestamp-micros', 'timestamp-nanos'].map((each) =>
      logical('long', each),
    ),
    ...['millis', 'micros', 'nanos'].map((each) => logical('long', `local-timestamp-${each}`)),
    '{"type":"bytes","logicalType":"decimal","precision":9,"scale":4}',
    '{"type":"bytes","logicalType":"decimal","precision":3,"scale":3}',
    '{"type":"fixed","name":"F","size":16,"logicalType":"decimal","precision":38}',
    '{"type":"fixed","name":"F","size":16,"logicalType":"uuid"}',
    '{"type":"fixed","name":"F","size":12,"logicalType":"duration"}',
    ...[0, 1, 2, 3, 4].map((size) => `{"type":"fixed","name":"F","size":${size}}`),
    '{"type":"enum","name":"E","symbols":["A","B"]}',
    '{"type":"array","items":["null","double"]}',
    '{"type":"map","values":"long"}',
    '["null",{"type":"array","items":{"type":"map","values":"bytes"}}]',
    '["int","string","null",{"type":"array","items":"int"}]',
    '[{"type":"record","name":"a.A","fields":[{"name":"x","type":"float"}]},{"type":"record","name":"B","fields":[]}]',
    '{"type":"record","name":"T","fields":[{"name":"n","type":["null","T"]},{"name":"s","type":{"type":"array","items":"T"}}]}',
  ].map((text) => [text, text]),
);

test.each(Object.keys(SHAPES))(
  '%s: the JSON form reads back as the same value, through JSON text',
  (text) => {
    const schema = parseSchema(text);
    const random = seeded(20_261_124);
    for (let run = 0; run < 200; run += 1) {
      const value = randomValue(schema, random);
      const json = toJson(schema, value);
      const again = fromJson(schema, JSON.parse(JSON.stringify(json)));
      expect(isDeepStrictEqual(again, value), `seed 20261124, run ${run}: ${JSON.stringify(json)}`).toBe(
        true,
      );
    }
  },
);

const record = parseSchema(
  '{"type":"record","name":"R","fields":[{"name":"a","type":"long"},{"name":"u","type":[{"type":"record","name":"K","fields":[{"name":"d","type":{"type":"int","logicalType":"date"}}]},{"type":"record","name":"L","fields":[]}]}]}',
);

test.each<readonly [string, AvroSchema, unknown, string]>([
  ['a number for a long', parseSchema('"long"'), 5, 'the value: the text of a 64-bit whole number'],
  ['a long beyond 64 bits', parseSchema('"long"'), '9223372036854775808', '64-bit'],
  ['a long with a leading zero', parseSchema('"long"'), '01', '64-bit'],
  ['an int with a fraction', parseSchema('"int"'), 1.5, '32-bit'],
  ['a number too large for a float', parseSchema('"float"'), 1e300, '32 bits'],
  ['text for a number', parseSchema('"double"'), '1', 'a number, NaN'],
  ['base64 with bits left over', parseSchema('"bytes"'), 'QR==', 'base64'],
  ['base64 for a URL', parseSchema('"bytes"'), '_-8=', 'base64'],
  ['too few bytes', parseSchema('{"type":"fixed","name":"F","size":2}'), 'QQ==', 'base64 of 2 bytes'],
  [
    'a decimal of another scale',
    parseSchema(SHAPES['{"type":"bytes","logicalType":"decimal","precision":9,"scale":4}'] ?? ''),
    '1.0',
    'JSON form of decimal',
  ],
  [
    'a decimal of more digits',
    parseSchema('{"type":"bytes","logicalType":"decimal","precision":2,"scale":1}'),
    '10.0',
    'at most 2 digits',
  ],
  [
    'a negative zero',
    parseSchema('{"type":"bytes","logicalType":"decimal","precision":2,"scale":1}'),
    '-0.0',
    'JSON form of decimal',
  ],
  ['30 February', parseSchema(logical('int', 'date')), '2026-02-30', 'a date'],
  [
    'a time of three digits for six',
    parseSchema(logical('long', 'time-micros')),
    '07:30:00.123',
    'JSON form of time-micros',
  ],
  [
    'an instant without Z',
    parseSchema(logical('long', 'timestamp-millis')),
    '2026-03-02T07:30:00.000',
    'JSON form',
  ],
  [
    'a local time with Z',
    parseSchema(logical('long', 'local-timestamp-millis')),
    '2026-03-02T07:30:00.000Z',
    'JSON form',
  ],
  ['a symbol that is none', parseSchema('{"type":"enum","name":"E","symbols":["A"]}'), 'B', 'one of A'],
  ['half of a surrogate pair', parseSchema('"string"'), '\ud800', 'valid Unicode'],
  ['a missing field', record, { a: '1' }, 'u: a value is needed'],
  ['a property too many', record, { a: '1', u: { kind: 'L' }, b: 1 }, 'no property besides the fields of R'],
  ['another kind', record, { a: '1', u: { kind: 'M' } }, 'u.kind: one of K, L'],
  ['a wrong value deep inside', record, { a: '1', u: { kind: 'K', d: 1 } }, 'u.d: the JSON form of date'],
  [
    'a branch without its tag',
    parseSchema('["int","string"]'),
    1,
    'an object with kind, one of int, string,',
  ],
])('%s is refused where it stands', (_, schema, json, reason) => {
  expect(() => fromJson(schema, json)).toThrow(reason);
});

test('refusals hold no value', () => {
  expect(() => fromJson(record, { a: 'secret', u: null })).toThrow(/^a: (?!.*secret)/);
});

test('JSON that is nested without end is refused', () => {
  const list = parseSchema('{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}');
  let json: unknown = null;
  for (let depth = 0; depth < 257; depth += 1) json = { next: json };
  expect(() => fromJson(list, json)).toThrow('nesting of at most 256 records');
});

test('a map keeps every key, __proto__ among them', () => {
  const schema = parseSchema('{"type":"map","values":"int"}');
  const value = fromJson(schema, JSON.parse('{"__proto__":1,"a":2}'));
  expect(Object.entries(value as object)).toEqual([
    ['__proto__', 1],
    ['a', 2],
  ]);
  expect(JSON.stringify(toJson(schema, value))).toBe('{"__proto__":1,"a":2}');
});

test('a field that has a default may be left out, at any depth, and then has that', () => {
  const schema = parseSchema(`{"type":"record","name":"R","fields":[
    {"name":"id","type":"string"},
    {"name":"note","type":["null","string"],"default":null},
    {"name":"count","type":"long","default":9007199254740993},
    {"name":"part","type":[{"type":"record","name":"P","fields":[{"name":"tags","type":{"type":"array","items":"string"},"default":["a"]}]},
                           {"type":"record","name":"Q","fields":[{"name":"needed","type":"int"}]}]}]}`);
  const whole = { id: 'x', note: null, count: 9007199254740993n, part: { kind: 'P', tags: ['a'] } };
  expect(fromJson(schema, { id: 'x', part: { kind: 'P' } })).toEqual(whole);
  expect(() => fromJson(schema, { note: null, part: { kind: 'P' } })).toThrow('id: a value');
  expect(() => fromJson(schema, { id: 'x', part: { kind: 'Q' } })).toThrow('part.needed: a value');
  expect(() => fromJson(schema, { id: 'x', part: { kind: 'P' }, other: 1 })).toThrow('no property besides');
});
