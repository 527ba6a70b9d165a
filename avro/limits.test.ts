import { expect, test } from 'vitest';
import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { parseSchema } from '#avro/parse.ts';
import { isZonerError } from '#core/errors.ts';

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isZonerError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'nothing was refused';
}

const list = parseSchema('{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}');

function nested(levels: number): unknown {
  let value: unknown = { next: null };
  for (let level = 1; level < levels; level += 1) value = { next: value };
  return value;
}

test('a value as deep as can be written can be read', () => {
  const { encode } = compileEncoder(list);
  expect(compileDecoder(list, list).decode(encode(nested(256)))).toEqual(nested(256));
  expect(refusalOf(() => encode(nested(257)))).toBe(
    'VALUE_INVALID L: nesting of at most 256 records is needed',
  );
});

test('a refused value leaves the encoder as it was', () => {
  const { encode } = compileEncoder(list);
  refusalOf(() => encode(nested(257)));
  expect(encode(nested(256))).toHaveLength(256);
});

test('a value that contains itself is refused', () => {
  const value: { next?: unknown } = {};
  value.next = value;
  expect(refusalOf(() => compileEncoder(list).encode(value))).toMatch(/^VALUE_INVALID/);
});

test('the refusal of deep bytes names the type, not a path as deep', () => {
  const bytes = Buffer.from([...Array(257).fill(2), 0]);
  expect(refusalOf(() => compileDecoder(list, list).decode(bytes))).toBe(
    'UNDECODABLE L: nested deeper than 256 records',
  );
});

test.each(['"null"', '{"type":"record","name":"E","fields":[]}'])(
  'many small blocks of %s cannot make more items than one large block',
  (items) => {
    const schema = parseSchema(`{"type":"array","items":${items}}`);
    // Zig-zag of 65536 in three bytes.
    const block = [0x80, 0x80, 0x08];
    const { decode } = compileDecoder(schema, schema);
    expect(decode(Buffer.from([...block, 0]))).toHaveLength(65_536);
    expect(refusalOf(() => decode(Buffer.from([...block, ...block, 0])))).toContain('empty items');
  },
);

test('a decimal of a million bytes is refused before anybody counts its digits', () => {
  const schema = parseSchema('{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}');
  const raw = parseSchema('"bytes"');
  const started = performance.now();
  const bytes = compileEncoder(raw).encode(Buffer.alloc(1_000_000, 0x7f));
  expect(refusalOf(() => compileDecoder(schema, schema).decode(bytes))).toMatch(/^VALUE_INVALID/);
  expect(performance.now() - started).toBeLessThan(400);
});

test('a decimal that is longer than it needs to be is read', () => {
  const schema = parseSchema('{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}');
  const bytes = compileEncoder(parseSchema('"bytes"')).encode(Buffer.from('ffffffffffffd8f1', 'hex'));
  expect(compileDecoder(schema, schema).decode(bytes)).toMatchObject({ unscaled: -9999n, scale: 2 });
});

test('a hole in an array is no value', () => {
  const schema = parseSchema('{"type":"array","items":"int"}');
  const holed = [1, 2, 3];
  delete holed[1];
  expect(refusalOf(() => compileEncoder(schema).encode(holed))).toMatch(/^VALUE_INVALID \[\]/);
});

test('a number that a float would turn into infinity is refused', () => {
  const { encode } = compileEncoder(parseSchema('"float"'));
  expect(refusalOf(() => encode(1e300))).toMatch(/^VALUE_INVALID/);
  expect(encode(Number.POSITIVE_INFINITY)).toHaveLength(4);
});

test.each([
  ['arrays', `${'{"type":"array","items":'.repeat(20_000)}"int"${'}'.repeat(20_000)}`],
  ['open brackets', '['.repeat(50_000)],
])('schema text of deeply nested %s is refused at its place', (_, text) => {
  expect(refusalOf(() => parseSchema(text, { file: 'a.avsc' }))).toMatch(
    /^SCHEMA_INVALID a\.avsc:1:\d+: nested deeper than 1000 levels$/,
  );
});

test('a symbol with a dot is refused', () => {
  const text = '{"type":"enum","name":"E","symbols":["a.b"]}';
  expect(refusalOf(() => parseSchema(text))).toContain('a symbol has no dots');
});

test('a type that the text defines itself is not taken from elsewhere', () => {
  const other = parseSchema('{"type":"enum","name":"E","symbols":["A"]}');
  if (other.type !== 'enum') throw new Error('an enum is expected');
  const schema = parseSchema('{"type":"enum","name":"E","symbols":["B"]}', {
    known: new Map([['E', other]]),
  });
  expect(schema).toMatchObject({ symbols: ['B'] });
});
