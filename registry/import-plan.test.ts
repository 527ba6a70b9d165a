import { expect, test } from 'vitest';
import type { HeldSubject } from '#contract/lock/merge-lock.ts';
import { planImport } from '#registry/import-plan.ts';

const record = (name: string, ...fields: readonly object[]): string =>
  JSON.stringify({ type: 'record', name, namespace: 'shop', fields });
const id = { name: 'id', type: 'string' };

function held(
  subject: string,
  texts: readonly string[],
  references: HeldSubject['versions'][0]['references'] = [],
) {
  const versions = texts.map((text, index) => {
    return { subject, version: index + 1, id: index + 1, text, references };
  });
  return { subject, level: null, versions } satisfies HeldSubject;
}

const LONG = '9007199254740993';
const money = held('shop.Money', [
  record('Money'),
  record('Money', { name: 'cents', type: 'long', default: 0 }).replace('"default":0', `"default":${LONG}`),
]);
const toMoney = [{ name: 'shop.Money', subject: 'shop.Money', version: 1 }];
const orders = held(
  'order_placed-value',
  [record('OrderPlaced', id, { name: 'sum', type: 'Money' })],
  toMoney,
);

test('a subject of values becomes a contract, with the types that it refers to beside it', () => {
  const { contracts, skipped } = planImport([orders, money], 'BACKWARD');
  const [contract] = contracts;
  expect(skipped).toEqual([]);
  expect(contract?.name).toBe('order-placed');
  expect([...(contract?.files.keys() ?? [])]).toEqual(['contract.json', 'order-placed.avsc', 'money.avsc']);
  expect(JSON.parse(contract?.files.get('contract.json') ?? '')).toEqual({
    topic: 'order_placed',
    key: 'id',
    compatibility: 'BACKWARD',
    table: 'ORDER_PLACED',
  });
});

test('files are written for people, and keep every digit', () => {
  const text = planImport([orders, money], 'FULL').contracts[0]?.files.get('money.avsc') ?? '';
  expect(text).toContain('\n  "fields": [');
  expect(text).toContain(`"default": ${LONG}`);
});

test('a level of its own stays, and a type that two contracts use is defined once', () => {
  const other = { ...orders, subject: 'refund-value', level: 'FULL' as const };
  const { contracts } = planImport([other, orders, money], 'BACKWARD');
  expect(contracts.map(({ name, files }) => [name, files.has('money.avsc')])).toEqual([
    ['order-placed', true],
    ['refund', false],
  ]);
  expect(contracts[1]?.files.get('contract.json')).toContain('"compatibility": "FULL"');
});

test.each([
  ['a key', held('a-key', ['"string"']), 'the key is text'],
  ['no record', held('a-value', ['"string"']), 'its schema is no record'],
  ['no field for a key', held('a-value', [record('A', { name: 'n', type: 'int' })]), 'no field is a string'],
  ['no Avro', held('a-value', ['{']), 'does not parse'],
  ['a type that nobody uses', held('x.Y', [record('Y')]), 'no <topic>-value refers to it'],
])('%s is left out with its reason', (_, subject, reason) => {
  const { contracts, skipped } = planImport([subject], 'FULL');
  expect(contracts).toEqual([]);
  expect(skipped[0]?.reason).toContain(reason);
});
