import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { type CodecMode, codecMode, compileDecoder, compileEncoder } from '#avro/codec.ts';
import { makeDecoder } from '#avro/decoder.ts';
import { createDecoderCache } from '#avro/decoder-cache.ts';
import { makeEncoder } from '#avro/encoder.ts';
import { FRAME_BYTES, frame, parseFrame } from '#avro/frame.ts';
import { propertyKey, quote } from '#avro/generated-code.ts';
import type { AvroSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { resolve } from '#avro/resolve.ts';
import { isZonerError, ZonerError } from '#core/errors.ts';

const schemaOf = (type: unknown): AvroSchema => parseSchema(JSON.stringify(type));
const recordOf = (name: string, fields: Readonly<Record<string, unknown>>): unknown => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
});
const MODES: readonly CodecMode[] = ['generated', 'interpreted'];

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isZonerError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'nothing was refused';
}

const enumOf = (...symbols: string[]): unknown => ({ type: 'enum', name: 'E', symbols });

test.each(MODES)('a symbol that the reader does not have refuses that value alone (%s)', (mode) => {
  const [writer, reader] = [recordOf('R', { e: enumOf('A', 'B') }), recordOf('R', { e: enumOf('B') })].map(
    schemaOf,
  ) as [AvroSchema, AvroSchema];
  const { encode } = compileEncoder(writer);
  const { decode } = makeDecoder(resolve(writer, reader), mode);
  expect(decode(encode({ e: 'B' }))).toEqual({ e: 'B' });
  expect(refusalOf(() => decode(encode({ e: 'A' })))).toBe(
    'WRITER_INCOMPATIBLE e: written with a symbol that the reader does not have',
  );
});

test.each(MODES)('a branch that the reader does not have refuses that value alone (%s)', (mode) => {
  const writer = schemaOf(recordOf('R', { u: ['null', 'string', 'int'] }));
  const reader = schemaOf(recordOf('R', { u: ['null', 'int'] }));
  const { encode } = compileEncoder(writer);
  const { decode } = makeDecoder(resolve(writer, reader), mode);
  expect(decode(encode({ u: { kind: 'int', value: 4 } }))).toEqual({ u: 4 });
  expect(decode(encode({ u: null }))).toEqual({ u: null });
  expect(refusalOf(() => decode(encode({ u: { kind: 'string', value: 'a' } })))).toBe(
    'WRITER_INCOMPATIBLE u: written as string, it cannot be read as one of null, int',
  );
});

test.each([
  [
    'a field without default',
    recordOf('R', { a: 'int' }),
    recordOf('R', { b: 'int' }),
    'b is not in what was written',
  ],
  ['no symbol in common', enumOf('A'), enumOf('B'), 'none of the symbols'],
  ['no branch in common', ['string', 'null'], ['int'], 'written as string'],
  [
    'a mismatch inside a record',
    recordOf('R', { a: recordOf('I', { b: 'string' }) }),
    recordOf('R', { a: recordOf('I', { b: 'int' }) }),
    'a.b: written as string, it cannot be read as int',
  ],
])('a writer that can never be read, with %s, says so when it is compiled', (_, writer, reader, reason) => {
  const refusal = refusalOf(() => compileDecoder(schemaOf(writer), schemaOf(reader)));
  expect(refusal).toMatch(/^WRITER_INCOMPATIBLE /);
  expect(refusal).toContain(reason);
});

test('an empty array is read whatever its items would have been', () => {
  const writer = schemaOf({ type: 'array', items: 'string' });
  const reader = schemaOf({ type: 'array', items: 'int' });
  const { decode } = compileDecoder(writer, reader);
  const { encode } = compileEncoder(writer);
  expect(decode(encode([]))).toEqual([]);
  expect(refusalOf(() => decode(encode(['a'])))).toBe(
    'WRITER_INCOMPATIBLE []: written as string, it cannot be read as int',
  );
});

const WIDE = recordOf('Wide', {
  first: { type: 'map', values: { type: 'array', items: 'string' } },
  u: ['null', recordOf('Inner', { a: 'bytes', b: ['null', 'Inner'] }), 'double'],
  e: enumOf('A'),
  f: { type: 'fixed', name: 'F', size: 3 },
  flags: { type: 'array', items: 'boolean' },
  wanted: 'string',
  last: 'float',
});
const wide = {
  first: { a: ['x', 'y'], b: [] },
  u: { kind: 'Inner', value: { a: Buffer.from([1, 2]), b: { a: Buffer.alloc(0), b: null } } },
  e: 'A',
  f: Buffer.from([1, 2, 3]),
  flags: [true, false],
  wanted: 'this',
  last: 1.5,
};

test.each(MODES)('a reader with few fields passes over all others (%s)', (mode) => {
  const writer = schemaOf(WIDE);
  const { decode } = makeDecoder(resolve(writer, schemaOf(recordOf('Wide', { wanted: 'string' }))), mode);
  const bytes = compileEncoder(writer).encode(wide);
  expect(decode(bytes)).toEqual({ wanted: 'this' });
  expect(refusalOf(() => decode(bytes.subarray(0, -1)))).toBe('UNDECODABLE last: the bytes end early');
});

test.each(MODES)('blocks that tell their size are read, and passed over, as others are (%s)', (mode) => {
  const schema = schemaOf(recordOf('R', { list: { type: 'array', items: 'int' }, after: 'int' }));
  const afterOnly = schemaOf(recordOf('R', { after: 'int' }));
  // Two items in two bytes, one item, the end; then `after`.
  const bytes = Buffer.from([0x03, 0x04, 0x02, 0x04, 0x02, 0x06, 0x00, 0x08]);
  expect(makeDecoder(resolve(schema, schema), mode).decode(bytes)).toEqual({ list: [1, 2, 3], after: 4 });
  expect(makeDecoder(resolve(schema, afterOnly), mode).decode(bytes)).toEqual({ after: 4 });
});

test.each(MODES)('a payload inside other bytes ends where it is said to (%s)', (mode) => {
  const schema = schemaOf(recordOf('R', { a: 'string', b: 'int' }));
  const { decodeAt } = makeDecoder(resolve(schema, schema), mode);
  const payload = compileEncoder(schema).encode({ a: 'abc', b: 5 });
  const bytes = Buffer.concat([Buffer.from([9, 9]), payload, payload]);
  const end = 2 + payload.length;
  expect(decodeAt(bytes, 2, end)).toEqual({ a: 'abc', b: 5 });
  expect(refusalOf(() => decodeAt(bytes, 2, end - 1))).toBe('UNDECODABLE b: the bytes end early');
  expect(refusalOf(() => decodeAt(bytes, 2, end + 1))).toBe('UNDECODABLE 1 bytes follow the value');
});

test.each(MODES)('a framed value is the frame of the payload, one by one and in a batch (%s)', (mode) => {
  const schema = schemaOf(recordOf('R', { s: 'string' }));
  const { encode, encodeFramed, encodeBatch } = makeEncoder(schema, mode);
  const values = ['', 'a', 'ä'.repeat(100), 'x'.repeat(70_000), '東京'].map((s) => ({ s }));
  const framed = values.map((value) => Buffer.from(frame(0x01020304, encode(value))));
  expect(values.map((value) => encodeFramed(0x01020304, value))).toEqual(framed);
  const { bytes, ends } = encodeBatch(0x01020304, values);
  expect(bytes).toEqual(Buffer.concat(framed));
  expect(ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))).toEqual(framed);
  expect(parseFrame(bytes.subarray(0, ends[0]))?.payload).toHaveLength((ends[0] ?? 0) - FRAME_BYTES);
  expect(refusalOf(() => encodeBatch(1, [{ s: 'a' }, { s: 1 }]))).toBe(
    'VALUE_INVALID s: a string of valid Unicode is needed',
  );
});

test('bytes that were handed out are not written again, also when a value is encoded inside another', () => {
  const { encode } = compileEncoder(schemaOf(recordOf('R', { a: 'string', b: 'string' })));
  const inner: Uint8Array[] = [];
  const value = {
    a: 'outer',
    get b() {
      inner.push(encode({ a: 'inner', b: 'inner' }));
      return 'end';
    },
  };
  const outer = encode(value);
  const text = Buffer.from(outer).toString();
  for (let count = 0; count < 2000; count += 1) encode({ a: 'other', b: 'value' });
  expect(Buffer.from(outer).toString()).toBe(text);
  expect(text).toContain('outer');
  expect(Buffer.from(inner.at(-1) ?? '').toString()).toContain('inner');
});

test('every string that a field repeats stays itself, whatever was read before', () => {
  const schema = schemaOf('string');
  const { encode } = compileEncoder(schema);
  const { decode } = compileDecoder(schema, schema);
  const texts = Array.from(
    { length: 500 },
    (_, index) => ['zone', 'zöne', '東', 'x'.repeat(40)][index % 4] + String(index % 90),
  );
  for (let round = 0; round < 20; round += 1)
    for (const text of texts) expect(decode(encode(text))).toBe(text);
});

test('names of every sort are data in generated code, never code', () => {
  for (const text of ['"', '\\', '` + x + `', '\u2028\u2029', '*/', '\n', '"];process.exit();["']) {
    const value: unknown = new Function(`"use strict"; return { ${propertyKey(text)}: ${quote(text)} };`)();
    expect(value).toEqual({ [text]: text });
  }
  expect(propertyKey('__proto__')).toBe('["__proto__"]');
});

test('fields that every object inherits are read only where the value has them', () => {
  const { encode } = compileEncoder(
    schemaOf(recordOf('R', { constructor: 'string', toString: ['null', 'string'] })),
  );
  expect(refusalOf(() => encode({ toString: null }))).toMatch(/^VALUE_INVALID constructor/);
  expect(encode({ constructor: 'a', toString: null })).toHaveLength(3);
});

test('a schema of many types, deep and wide, is compiled into functions that work', () => {
  let type: unknown = 'int';
  let value: unknown = 7;
  for (let level = 0; level < 40; level += 1) {
    type = level % 2 === 0 ? { type: 'array', items: type } : recordOf(`L${level}`, { inner: type });
    value = level % 2 === 0 ? [value] : { inner: value };
  }
  const fields = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`f${index}`, index === 7 ? type : 'int']),
  );
  const schema = schemaOf(recordOf('Wide', fields));
  const given = Object.fromEntries(
    Object.keys(fields).map((name, index) => [name, index === 7 ? value : index]),
  );
  const encoder = compileEncoder(schema);
  expect(encoder.mode).toBe('generated');
  expect(compileDecoder(schema, schema).decode(encoder.encode(given))).toEqual(given);
});

test.each(['int', 'null'])(
  'a type that is used again and again is compiled once, not each time (%s)',
  (leaf) => {
    let type: unknown = recordOf('T0', { a: leaf });
    for (let level = 1; level < 30; level += 1)
      type = recordOf(`T${level}`, { left: type, right: `T${level - 1}` });
    const schema = schemaOf(type);
    const { decode, weight } = compileDecoder(schema, schema);
    expect(weight).toBeLessThan(1_000_000);
    // A billion records: cut short by the bytes, or, where they take none, by their number.
    expect(refusalOf(() => decode(Buffer.alloc(0)))).toMatch(/^UNDECODABLE .*(bytes end early|empty items)$/);
  },
);

test('where code may not be made from text, the interpreter does the same and says so', () => {
  expect(codecMode()).toBe('generated');
  const script = `
    import { codecMode, compileDecoder, compileEncoder } from '#avro/codec.ts';
    import { parseSchema } from '#avro/parse.ts';
    const schema = parseSchema('{"type":"record","name":"R","fields":[{"name":"a","type":"long"}]}');
    const [encoder, decoder] = [compileEncoder(schema), compileDecoder(schema, schema)];
    const { a } = decoder.decode(encoder.encode({ a: 2n ** 60n }));
    process.stdout.write([codecMode(), encoder.mode, decoder.mode, a === 2n ** 60n].join(' '));`;
  const args = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script];
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe(
    'interpreted interpreted interpreted true',
  );
});

const naps = schemaOf(recordOf('Nap', { minutes: 'int' }));

test('a decoder is compiled once for a writer id and a reader, and forgotten when there is no room', () => {
  const cache = createDecoderCache({ maxEntries: 2 });
  const from = cache.forReader(naps);
  const first = from(1, naps);
  expect(cache.forReader(naps)(1, naps)).toBe(first);
  for (const id of [2, 3, 4]) from(id, naps);
  expect(from(1, naps)).not.toBe(first);
});

test('decoders are bounded in memory, not only in number', () => {
  const one = compileDecoder(naps, naps);
  const cache = createDecoderCache({ maxBytes: 2 * one.weight });
  const first = cache.forReader(naps)(1, naps);
  const from = cache.forReader(naps);
  for (const id of [2, 3, 4]) from(id, naps);
  expect(cache.forReader(naps)(1, naps)).not.toBe(first);
});

test('that a writer can never be read is known from then on', () => {
  const from = createDecoderCache().forReader(naps);
  const verdict = from(1, schemaOf('string'));
  expect(verdict).toBeInstanceOf(ZonerError);
  expect(from(2, naps)).not.toBe(verdict);
  expect(from(1, naps)).toBe(verdict);
});
