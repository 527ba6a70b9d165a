import avsc from 'avsc';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { Decimal } from '#avro/decimal.ts';
import { toJson } from '#avro/json-form.ts';
import { parseSchema } from '#avro/parse.ts';
import { isZonerError } from '#core/errors.ts';

const record = (fields: string): string => `{"type":"record","name":"R","fields":[${fields}]}`;

function roundTrip(text: string, value: unknown): unknown {
  const schema = parseSchema(text);
  return compileDecoder(schema, schema).decode(compileEncoder(schema).encode(value));
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isZonerError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'nothing was refused';
}

const decodeHex = (text: string, hex: string): unknown => {
  const schema = parseSchema(text);
  return compileDecoder(schema, schema).decode(Buffer.from(hex, 'hex'));
};

const LOGICAL: readonly (readonly [type: string, value: unknown, json: unknown])[] = [
  ['"long"', -9223372036854775808n, '-9223372036854775808'],
  ['"double"', Number.NaN, 'NaN'],
  ['"double"', -0, '-0'],
  ['"bytes"', Buffer.from([255, 0]), '/wA='],
  ['{"type":"fixed","name":"F","size":2}', Buffer.from([1, 2]), 'AQI='],
  ['{"type":"bytes","logicalType":"decimal","precision":6,"scale":2}', new Decimal(-1234n, 2), '-12.34'],
  [
    '{"type":"fixed","name":"F","size":4,"logicalType":"decimal","precision":6,"scale":3}',
    new Decimal(5n, 3),
    '0.005',
  ],
  [
    '{"type":"string","logicalType":"uuid"}',
    '0198c2f4-7d3b-7c11-9a52-0d2f6f1c9b10',
    '0198c2f4-7d3b-7c11-9a52-0d2f6f1c9b10',
  ],
  [
    '{"type":"fixed","name":"F","size":16,"logicalType":"uuid"}',
    '0198c2f4-7d3b-7c11-9a52-0d2f6f1c9b10',
    '0198c2f4-7d3b-7c11-9a52-0d2f6f1c9b10',
  ],
  ['{"type":"int","logicalType":"date"}', '1969-12-31', '1969-12-31'],
  ['{"type":"int","logicalType":"time-millis"}', 1001, '00:00:01.001'],
  ['{"type":"long","logicalType":"time-micros"}', 86399999999n, '23:59:59.999999'],
  ['{"type":"long","logicalType":"timestamp-millis"}', new Date(-1), '1969-12-31T23:59:59.999Z'],
  ['{"type":"long","logicalType":"timestamp-micros"}', -1n, '1969-12-31T23:59:59.999999Z'],
  ['{"type":"long","logicalType":"timestamp-nanos"}', 1n, '1970-01-01T00:00:00.000000001Z'],
  ['{"type":"long","logicalType":"local-timestamp-millis"}', 0n, '1970-01-01T00:00:00.000'],
  [
    '{"type":"fixed","name":"F","size":12,"logicalType":"duration"}',
    { months: 1, days: 2, millis: 3 },
    { months: 1, days: 2, millis: 3 },
  ],
  ['["null","int"]', null, null],
  ['["null","int"]', 7, 7],
  ['["int","string"]', { kind: 'string', value: 'a' }, { kind: 'string', value: 'a' }],
  ['{"type":"array","items":"long"}', [1n, 2n], ['1', '2']],
];

test.each(LOGICAL)('%s has one value form and one JSON form', (type, value, json) => {
  expect(roundTrip(type, value)).toEqual(value);
  expect(toJson(parseSchema(type), value)).toEqual(json);
});

test('a union of records is told apart by kind', () => {
  const union = `[${['A', 'B'].map((name) => `{"type":"record","name":"n.${name}","fields":[{"name":"x","type":"int"}]}`).join()}]`;
  expect(roundTrip(union, { kind: 'B', x: 1 })).toEqual({ kind: 'B', x: 1 });
  expect(toJson(parseSchema(union), { kind: 'A', x: 1 })).toEqual({ kind: 'A', x: 1 });
});

test('a map has no prototype, so that no key is special', () => {
  const map = roundTrip('{"type":"map","values":"int"}', { constructor: 1 });
  expect(Object.getPrototypeOf(map)).toBeNull();
  expect(map).toEqual(Object.assign(Object.create(null), { constructor: 1 }));
});

test('a field with a default may be left out, and is there when it is read', () => {
  const schema = record(
    '{"name":"a","type":"long","default":5},{"name":"b","type":["null","int"],"default":null}',
  );
  expect(roundTrip(schema, {})).toEqual({ a: 5n, b: null });
});

test.each([
  [
    'a wrong type',
    record('{"name":"a","type":{"type":"array","items":"int"}}'),
    { a: [1, 'x'] },
    'VALUE_INVALID a[]: a 32-bit whole number is needed',
  ],
  [
    'a missing field',
    record('{"name":"a","type":"string"}'),
    {},
    'VALUE_INVALID a: a string of valid Unicode is needed',
  ],
  [
    'an unknown property',
    record('{"name":"a","type":"int"}'),
    { a: 1, b: 2 },
    'VALUE_INVALID the value: no property besides the fields of R (b is none) is needed',
  ],
  ['a number for a long', '"long"', 1, 'VALUE_INVALID the value: a 64-bit bigint is needed'],
  [
    'half a surrogate pair',
    '"string"',
    '\ud800',
    'VALUE_INVALID the value: a string of valid Unicode is needed',
  ],
  [
    'an invalid Date',
    '{"type":"long","logicalType":"timestamp-millis"}',
    new Date(Number.NaN),
    'VALUE_INVALID the value: a valid Date is needed',
  ],
  [
    'a JavaScript Map',
    '{"type":"map","values":"int"}',
    new Map([['a', 1]]),
    'VALUE_INVALID the value: an object is needed',
  ],
])('on encode %s is refused with the path and what is needed', (_, schema, value, refusal) => {
  expect(codeOf(() => compileEncoder(parseSchema(schema)).encode(value))).toBe(refusal);
});

test.each([
  ['no bytes', '"int"', '', 'the bytes end early'],
  ['a string cut short', '"string"', '0861', 'the bytes end early'],
  ['trailing bytes', '"int"', '0200', '1 bytes follow the value'],
  ['a boolean of 7', '"boolean"', '07', 'neither 0 nor 1'],
  ['invalid UTF-8', '"string"', '02ff', 'UTF-8'],
  ['an int of 33 bits', '"int"', '8080808020', 'not between'],
  ['a varint without end', '"long"', 'ffffffffffffffffffffff', '64 bits'],
  ['a branch that is none', '["null","int"]', '04', 'not between'],
  ['a symbol that is none', '{"type":"enum","name":"E","symbols":["A"]}', '02', 'not between'],
  ['a block that is longer than the bytes', '{"type":"array","items":"int"}', '0702', 'the bytes end early'],
  ['300 million nulls in six bytes', '{"type":"array","items":"null"}', '80a88c9e0200', 'empty items'],
  [
    'a map key that avsc would lose',
    '{"type":"map","values":"int"}',
    `0212${Buffer.from('__proto__').toString('hex')}0200`,
    '__proto__',
  ],
])('on decode %s is refused, not guessed', (_, schema, hex, reason) => {
  const refusal = codeOf(() => decodeHex(schema, hex));
  expect(refusal).toMatch(/^UNDECODABLE /);
  expect(refusal).toContain(reason);
});

test('deep nesting is refused before it exhausts the stack', () => {
  const list = '{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}';
  expect(codeOf(() => decodeHex(list, '02'.repeat(100_000)))).toMatch('nested deeper');
});

test('a refused value is not in the error', () => {
  const schema = parseSchema(record('{"name":"mail","type":{"type":"string","logicalType":"uuid"}}'));
  expect(codeOf(() => compileEncoder(schema).encode({ mail: 'ada@example.org' }))).not.toContain('ada@');
  const bytes = Buffer.concat([Buffer.from([30]), Buffer.from('ada@example.org')]);
  const refusal = codeOf(() => compileDecoder(schema, schema).decode(bytes));
  expect(refusal).toBe('VALUE_INVALID mail: a UUID is needed');
});

test('an older writer is read with the defaults of the reader, whatever the namespaces', () => {
  const writer = parseSchema('{"type":"record","name":"a.R","fields":[{"name":"x","type":"int"}]}');
  const reader = parseSchema(
    '{"type":"record","name":"b.R","fields":[{"name":"x","type":"long"},{"name":"y","type":"string","default":"d"}]}',
  );
  expect(compileDecoder(writer, reader).decode(compileEncoder(writer).encode({ x: 3 }))).toEqual({
    x: 3n,
    y: 'd',
  });
});

test.each([
  ['no way to read it', '"string"', '"int"'],
  [
    'another scale',
    '{"type":"bytes","logicalType":"decimal","precision":6,"scale":2}',
    '{"type":"bytes","logicalType":"decimal","precision":6,"scale":3}',
  ],
  [
    'another unit',
    '{"type":"long","logicalType":"timestamp-micros"}',
    '{"type":"long","logicalType":"timestamp-millis"}',
  ],
  [
    'a unit lost',
    record('{"name":"t","type":{"type":"long","logicalType":"timestamp-millis"}}'),
    record('{"name":"t","type":"long"}'),
  ],
])('a writer with %s is refused as a whole', (_, writer, reader) => {
  expect(codeOf(() => compileDecoder(parseSchema(writer), parseSchema(reader)))).toMatch(
    /^WRITER_INCOMPATIBLE/,
  );
});

const MIXED = record(`{"name":"l","type":"long"},{"name":"d","type":"double"},{"name":"s","type":"string"},
  {"name":"n","type":["null","int"]},{"name":"a","type":{"type":"array","items":"string"}},{"name":"b","type":"bytes"}`);
const mixed = fc.record({
  // avsc writes longs from -(2^52) - 1 on down wrongly: -4503599627370497 comes out as another number.
  l: fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n }),
  d: fc.double(),
  s: fc.string({ unit: 'binary' }),
  n: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  a: fc.array(fc.string()),
  b: fc.uint8Array(),
});

test('the bytes are those of plain avsc, for any value', () => {
  const schema = parseSchema(MIXED);
  const plain = avsc.Type.forSchema(JSON.parse(MIXED));
  const { encode } = compileEncoder(schema);
  const { decode } = compileDecoder(schema, schema);
  fc.assert(
    fc.property(mixed, (value) => {
      const bytes = encode(value);
      expect(bytes).toEqual(plain.toBuffer({ ...value, l: Number(value.l), b: Buffer.from(value.b) }));
      expect(decode(bytes)).toEqual({ ...value, b: Buffer.from(value.b) });
    }),
  );
});

test('a text of any letters and any length is written as UTF-8', () => {
  const schema = parseSchema(record('{"name":"before","type":"int"},{"name":"text","type":"string"}'));
  const { encode } = compileEncoder(schema);
  for (const letter of [
    'a',
    '\u007f',
    '\u0080',
    'é',
    '\u07ff',
    '\u0800',
    '東',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '😴',
  ])
    for (let count = 1; count < 70; count += 1)
      for (const text of [letter.repeat(count), `${'x'.repeat(count)}${letter}y`]) {
        const bytes = Buffer.from(text);
        const size = 2 * bytes.length;
        const length = size < 128 ? [size] : [(size & 127) | 128, size >> 7];
        expect(encode({ before: 1, text })).toEqual(Buffer.concat([Buffer.from([2, ...length]), bytes]));
      }
});

test('every 64-bit number comes back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      expect(roundTrip('"long"', value)).toBe(value);
    }),
  );
});

test('random bytes give a value or a coded refusal, never another error', () => {
  const schema = parseSchema(MIXED);
  const { decode } = compileDecoder(schema, schema);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      codeOf(() => decode(bytes));
    }),
    { numRuns: 2000 },
  );
});
