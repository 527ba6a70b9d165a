import { expect, test } from 'vitest';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { namedUses, typeNames } from '#contract/type-names.ts';

const enumOf = (name: string): string => `{"type":"enum","name":"${name}","symbols":["A"]}`;
const recordOf = (name: string): string => `{"type":"record","name":"${name}","fields":[]}`;

function rootWith(name: string, ...types: readonly string[]): RecordSchema {
  const fields = types.map((type, index) => `{"name":"f${index}","type":${type}}`);
  return parseSchema(`{"type":"record","name":"${name}","fields":[${fields.join()}]}`) as RecordSchema;
}

function namesOf(root: RecordSchema): readonly string[] {
  const uses = namedUses(root);
  const names = typeNames(uses);
  return uses.map(({ schema, use }) => names(schema, use));
}

test.each([
  ['a short name', rootWith('x.Trip', enumOf('Status')), ['Trip', 'Status']],
  [
    'the whole name where two share the short one',
    rootWith('Trip', enumOf('a.S'), enumOf('b.S')),
    ['Trip', 'AS', 'BS'],
  ],
  ['the whole name where the short one is imported', rootWith('x.Trip', enumOf('y.Uuid')), ['Trip', 'YUuid']],
  ['a name of its own where the whole one is imported, too', rootWith('Duration'), ['DurationType']],
  [
    'the whole name where another type is the write type',
    rootWith('x.R', recordOf('y.RInput')),
    ['XR', 'YRInput'],
  ],
  ['letters after digits in upper case', rootWith('Sha256sum'), ['Sha256Sum']],
  ['ASCII', rootWith('Größe_2'), ['GroUDFe2']],
  ['a letter first', rootWith('_1'), ['T1']],
])('a type has %s', (_, root, names) => {
  expect(namesOf(root)).toEqual(names);
});

test.each([
  ['equal after camel-casing', rootWith('R', recordOf('a_b'), recordOf('aB')), 'a_b and aB would both be AB'],
  ['equal to a write type', rootWith('R', recordOf('RInput')), 'R and RInput would both be RInput'],
])('names that are %s are refused at their place', (_, root, reason) => {
  expect(() => namesOf(root)).toThrow(new RegExp(`^schema:1:\\d+: ${reason} in TypeScript; rename one$`));
});
