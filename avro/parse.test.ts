import { expect, test } from 'vitest';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema, parseSchemaFiles } from '#avro/parse.ts';
import { isZonerError } from '#core/errors.ts';

function problemsOf(parse: () => unknown): string[] {
  try {
    parse();
  } catch (error) {
    if (isZonerError(error, 'SCHEMA_INVALID')) return error.message.split('\n');
    throw error;
  }
  return [];
}

const refusalOf = (text: string): string[] => problemsOf(() => parseSchema(text, { file: 'a.avsc' }));

test('every problem of a file is reported at its place', () => {
  const text = `{
  "type": "record", "name": "A", "fields": [
    { "name": "x", "type": "Missing" },
    { "name": "x y", "type": "int" },
    { "name": "n", "type": "int", "default": "one" }
  ]
}`;
  expect(refusalOf(text)).toEqual([
    'a.avsc:3:28: unknown type "Missing"',
    'a.avsc:4:15: "x y" is not a valid name',
    'a.avsc:5:46: the default of n does not fit: a whole number is needed',
  ]);
});

test('text that is no JSON is refused where it breaks off', () => {
  expect(refusalOf('{ "type": "int"')[0]).toMatch(/^a\.avsc:1:16: not valid JSON/);
  expect(refusalOf('')[0]).toMatch('a.avsc:1:1');
});

test.each([
  ['a record without a name', '{"type":"record","fields":[]}', 'needs a "name"'],
  ['a record without fields', '{"type":"record","name":"A"}', 'needs "fields"'],
  [
    'a field twice',
    '{"type":"record","name":"A","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}',
    'twice',
  ],
  ['a symbol twice', '{"type":"enum","name":"E","symbols":["A","A"]}', 'twice'],
  [
    'an enum default that is no symbol',
    '{"type":"enum","name":"E","symbols":["A"],"default":"B"}',
    'one of its symbols',
  ],
  ['a union in a union', '["null",["int"]]', 'cannot hold a union'],
  ['a branch twice', '["int","int"]', 'int stands in the union twice'],
  ['a negative size', '{"type":"fixed","name":"F","size":-1}', 'whole number of bytes'],
  ['an array without items', '{"type":"array"}', 'needs "items"'],
  ['a primitive as a name', '{"type":"enum","name":"int","symbols":[]}', 'primitive'],
  ['a number', '7', 'a schema is a name'],
  ['a type as an object', '{"type":{"type":"int"}}', 'must be a name'],
])('%s is refused', (_, text, reason) => {
  expect(refusalOf(text).join()).toContain(reason);
});

test.each([
  [
    'a default of the second branch',
    '{"type":"record","name":"A","fields":[{"name":"a","type":["null","int"],"default":1}]}',
  ],
  ['an enum without symbols', '{"type":"enum","name":"E","symbols":[]}'],
  ['names of any script', '{"type":"enum","name":"Größe","symbols":["klein"]}'],
  ['comments', '// a comment\n"int"'],
  [
    'a type used before its definition',
    '{"type":"record","name":"A","fields":[{"name":"a","type":["null","B"]},{"name":"b","type":{"type":"record","name":"B","fields":[]}}]}',
  ],
])('%s is accepted, as Avro Java 1.12 does', (_, text) => {
  expect(refusalOf(text)).toEqual([]);
});

test('names are resolved in the namespace around them', () => {
  const text = `{ "type": "record", "name": "A", "namespace": "x.y", "fields": [
    { "name": "e", "type": { "type": "enum", "name": "E", "symbols": ["S"] } },
    { "name": "f", "type": { "type": "fixed", "name": "z.F", "size": 2 } },
    { "name": "again", "type": "E" }, { "name": "other", "type": "z.F" } ] }`;
  const { fields } = parseSchema(text) as RecordSchema;
  expect(fields.map(({ schema }) => 'fullName' in schema && schema.fullName)).toEqual([
    'x.y.E',
    'z.F',
    'x.y.E',
    'z.F',
  ]);
  expect(fields[2]?.schema).toBe(fields[0]?.schema);
});

test('a record may contain itself', () => {
  const tree = '{"type":"record","name":"T","fields":[{"name":"next","type":["null","T"]}]}';
  const schema = parseSchema(tree) as RecordSchema;
  const next = schema.fields[0]?.schema;
  expect(next?.type === 'union' && next.branches[1]).toBe(schema);
});

test('attributes that Avro does not know are kept, on schemas and on fields', () => {
  const text = '{"type":"record","name":"A","owner":"me","fields":[{"name":"a","type":"int","pii":true}]}';
  const schema = parseSchema(text) as RecordSchema;
  expect(schema.attributes.get('owner')).toBe('me');
  expect(schema.fields[0]?.attributes.get('pii')).toBe(true);
});

test.each([
  ['on a wrong base', '{"type":"string","logicalType":"timestamp-millis"}'],
  ['that nobody knows', '{"type":"int","logicalType":"moon-phase"}'],
  ['without its precision', '{"type":"bytes","logicalType":"decimal"}'],
  ['too precise for its fixed', '{"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":5}'],
])('a logical type %s is ignored, as the specification says', (_, text) => {
  expect(parseSchema(text)).toMatchObject({ logicalType: null });
});

test('a decimal that fits has precision and scale', () => {
  const text = '{"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":4,"scale":2}';
  expect(parseSchema(text)).toMatchObject({ logicalType: { name: 'decimal', precision: 4, scale: 2 } });
});

test('files refer to one another in any order, and problems name their file', () => {
  const user = {
    file: 'user.avsc',
    text: '{"type":"record","name":"n.User","fields":[{"name":"a","type":"n.Age"}]}',
  };
  const ages = { file: 'ages.avsc', text: '[{"type":"enum","name":"n.Age","symbols":["OLD"]}]' };
  const definitions = parseSchemaFiles([user, ages]);
  expect(definitions.map(({ file }) => file)).toEqual(['user.avsc', 'ages.avsc']);
  expect(problemsOf(() => parseSchemaFiles([user]))).toEqual(['user.avsc:1:63: unknown type "n.Age"']);
});

test('one name for two types is refused; the same definition twice is not', () => {
  const one = '{"type":"enum","name":"E","symbols":["A"]}';
  const other = '{"type":"enum","name":"E","symbols":["B"]}';
  expect(
    problemsOf(() =>
      parseSchemaFiles([
        { file: '1', text: one },
        { file: '2', text: other },
      ]),
    ).join(),
  ).toContain('defined already');
  expect(
    problemsOf(() =>
      parseSchemaFiles([
        { file: '1', text: one },
        { file: '2', text: one },
      ]),
    ),
  ).toEqual([]);
});
