import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { isZonerError } from '#core/errors.ts';

interface Case {
  readonly text: string;
  /** What `Schema.Parser` of Avro Java 1.12.1 says. */
  readonly accepted: boolean;
}

function accepts(text: string): boolean {
  try {
    parseSchema(text);
    return true;
  } catch (error) {
    if (isZonerError(error, 'SCHEMA_INVALID')) return false;
    throw error;
  }
}

const cases = readFileSync(new URL('fixtures/java-parser.ndjson', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

test('schema texts are accepted and refused as Avro Java 1.12 does', () => {
  const wrong = cases.filter(({ text, accepted }) => accepts(text) !== accepted).map(({ text }) => text);
  expect(wrong).toEqual([]);
  expect(cases.filter(({ accepted }) => accepted).length).toBeGreaterThan(300);
});

const fieldOf = (type: string, rest: string): RecordSchema =>
  parseSchema(`{"type":"record","name":"R","fields":[{"name":"a","type":${type},${rest}}]}`) as RecordSchema;

test.each([
  ['1.5', { number: '1.5' }],
  [' +1e3d ', { number: '1000' }],
  ['0x1.8p3', { number: '12' }],
  ['-0', { number: '-0.0' }],
  ['-NaN', 'NaN'],
  ['+Infinity', 'Infinity'],
  ['-1e400', '-Infinity'],
])('the text %j as the default of a double is the number that Java reads', (text, json) => {
  const { fields } = fieldOf('"double"', `"default":${JSON.stringify(text)}`);
  expect(fields[0]?.default).toEqual({ json });
});

test('an order is read in any case', () => {
  expect(fieldOf('"int"', '"order":"DESCENDING"').fields[0]?.order).toBe('descending');
});

test('a definition that stands there again is the first one, whatever its doc and aliases', () => {
  const again = (doc: string): string =>
    `{"type":"record","name":"A","doc":"${doc}","fields":[{"name":"a","type":["null","A"]}]}`;
  const { fields } = parseSchema(
    `{"type":"record","name":"R","fields":[{"name":"x","type":${again('1')}},{"name":"y","type":${again('2')}}]}`,
  ) as RecordSchema;
  expect(fields[1]?.schema).toBe(fields[0]?.schema);
});

test('a dot in front of a name means that it is in no namespace', () => {
  expect(parseSchema('{"type":"enum","name":".E","namespace":"x","symbols":[]}')).toMatchObject({
    fullName: 'E',
  });
});
