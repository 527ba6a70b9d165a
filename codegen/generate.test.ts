import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { toJson } from '#avro/json-form.ts';
import { compare } from '#codegen/compare.ts';
import { compileTypes } from '#codegen/compile-types.ts';
import { describeStale } from '#codegen/describe-stale.ts';
import { generate } from '#codegen/generate.ts';
import { validationSchema } from '#codegen/json-schema.ts';
import type { Contract } from '#contract/contract.ts';
import { exampleContract } from '#contract/example-contract.ts';

const HARD = `{ "type": "record", "name": "Hard", "namespace": "x.y", "doc": "Ends a comment */ and goes on.", "fields": [
  { "name": "key", "type": "string" },
  { "name": "big", "type": "long", "default": 5, "doc": "A long, a default." },
  { "name": "at", "type": ["null", { "type": "long", "logicalType": "timestamp-micros" }], "default": null },
  { "name": "price", "type": { "type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2 } },
  { "name": "day", "type": { "type": "int", "logicalType": "date" } },
  { "name": "raw", "type": { "type": "fixed", "name": "Raw", "size": 4 } },
  { "name": "class", "type": { "type": "map", "values": "double" } },
  { "name": "either", "type": ["int", "string", "null"] },
  { "name": "shape", "type": [
    { "type": "record", "name": "a.Shape", "fields": [{ "name": "r", "type": "float" }] },
    { "type": "record", "name": "Square", "fields": [{ "name": "side", "type": "float", "default": 1 }] } ] },
  { "name": "lone", "type": "Square" },
  { "name": "Date", "type": { "type": "record", "name": "Date", "fields": [{ "name": "t", "type": { "type": "long", "logicalType": "timestamp-millis" } }] } },
  { "name": "next", "type": ["null", "Hard"], "default": null } ] }`;

const tableDdl = (): string => 'CREATE TABLE T;\n';
const hard: Contract = { ...exampleContract(HARD), name: 'hard', key: 'key' };

const USE = `import type { Decimal, IsoDate, TimestampMicros } from './logical-types.js';
import type { Hard, HardInput } from './hard/types.js';
import { Hard as Contract } from './hard/types.js';
import type { ContractValue } from './contract-value.js';
declare const price: Decimal;
declare const day: IsoDate;
const least: HardInput = { key: 'k', price, day, raw: new Uint8Array(4), class: { a: 1 }, either: null,
  shape: { kind: 'Square' }, lone: {}, Date: { t: new Date() } };
export function read(value: Hard): number {
  const big: bigint = value.big;
  const at: TimestampMicros | null = value.at;
  const either: number | string | null = value.either === null ? null : value.either.value;
  switch (value.shape.kind) {
    case 'Shape': return value.shape.r + Number(big) + Number(at) + Number(either) + value.Date.t.getTime();
    case 'Square': return value.shape.side + value.lone.side;
    default: { const never: never = value.shape; return never; }
  }
}
const wrong: HardInput[] = [
  // @ts-expect-error a number is no long
  { ...least, big: 5 },
  // @ts-expect-error no such kind
  { ...least, shape: { kind: 'Circle' } },
  // @ts-expect-error text is no date until it was checked
  { ...least, day: '2026-03-02' },
];
declare function send<R, W>(contract: ContractValue<R, W>, ...values: NoInfer<W>[]): void;
declare function consume<R, W>(contract: ContractValue<R, W>, handler: (value: R) => void): void;
send(Contract, least, ...wrong);
// @ts-expect-error the contract says what can be sent
send(Contract, { key: 'k' });
consume(Contract, (value) => {
  const big: bigint = value.big;
  // @ts-expect-error null is read as null, and never undefined
  const at: TimestampMicros | undefined = value.at;
  send(Contract, { ...value, big, at: at ?? null });
});
`;

test('types compile anywhere, narrow by kind, and refuse what the codec refuses', async () => {
  const files = new Map(await generate([hard], { tableDdl }));
  files.set('use.ts', USE);
  expect(compileTypes(files)).toBe('');
});

test('a comment in a doc cannot end the comment around it', async () => {
  const types = (await generate([hard], { tableDdl })).get('hard/types.ts') ?? '';
  expect(types).toContain('Ends a comment * / and goes on.');
});

test('the JSON Schema accepts the JSON form and nothing near it', () => {
  const value = {
    key: 'k',
    big: 5n,
    at: null,
    price: { unscaled: 123n, scale: 2, toString: () => '1.23' },
    day: '2026-03-02',
    raw: Buffer.alloc(4),
    class: { a: Number.NaN },
    either: { kind: 'int', value: 1 },
    shape: { kind: 'Shape', r: 1 },
    lone: {},
    Date: { t: new Date(0) },
  };
  const decoded = compileDecoder(hard.root, hard.root).decode(compileEncoder(hard.root).encode(value));
  const json = toJson(hard.root, decoded) as Record<string, unknown>;
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile(validationSchema(hard.root));
  expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
  for (const change of [
    { big: 5 },
    { price: '1.2' },
    { day: '2026' },
    { either: 1 },
    { extra: 1 },
    { shape: { r: 1 } },
  ]) {
    expect(validate({ ...json, ...change }), JSON.stringify(change)).toBe(false);
  }
});

test('the same contracts give the same bytes', async () => {
  expect(await generate([hard], { tableDdl })).toEqual(await generate([hard], { tableDdl }));
});

test('every generated file says that it is generated, and from what', async () => {
  for (const [path, text] of await generate([hard], { tableDdl })) {
    expect(text.split('\n').slice(0, 2).join(), path).toContain('Generated by zoner codegen');
  }
});

test('a line too long to read is shown by its beginning and its length', () => {
  const [before, after] = [`${'x'.repeat(1000)}\n`, `${'y'.repeat(1001)}\n`];
  const lines = describeStale('a', { path: 'a', state: 'written', before, after }).split('\n');
  expect(lines.slice(2)).toEqual([
    `  -${'x'.repeat(159)} … 841 more characters`,
    `  +${'y'.repeat(159)} … 842 more characters`,
  ]);
});

test('stale, missing and orphaned files are told apart', () => {
  const generated = new Map([
    ['a', 'one\ntwo\n'],
    ['b', 'b'],
    ['c', 'c'],
  ]);
  const existing = new Map([
    ['a', 'one\nTWO\n'],
    ['c', 'c'],
    ['d', 'd'],
  ]);
  const changes = compare(generated, existing);
  expect(changes.map(({ path, state }) => `${path} ${state}`)).toEqual([
    'a written',
    'b written',
    'c unchanged',
    'd removed',
  ]);
  const texts = changes
    .filter(({ state }) => state !== 'unchanged')
    .map((change) => describeStale(change.path, change));
  expect(texts).toEqual([
    'stale: a:2\n  @@ -1,2 +1,2 @@\n   one\n  -TWO\n  +two',
    'missing: b',
    'orphaned: d (no contract generates it)',
  ]);
});
