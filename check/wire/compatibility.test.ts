import { expect, test } from 'vitest';
import { parseSchema } from '#avro/parse.ts';
import { wireVerdict } from '#check/wire/compatibility.ts';

const record = (...fields: readonly object[]) =>
  parseSchema(JSON.stringify({ type: 'record', name: 'R', fields }));

test('a field with two fields to read from is refused by name', () => {
  const reader = record({ name: 'c', type: 'int', aliases: ['a', 'b'] });
  const writer = record({ name: 'a', type: 'int' }, { name: 'b', type: 'int' });
  expect(wireVerdict(reader, writer)).toMatchObject({
    verdict: 'AMBIGUOUS',
    message: 'c could be read from each of a, b',
  });
});

test('an incompatibility says why in words, and at which node of the reader', () => {
  const e = (...symbols: string[]) => ({ name: 'e', type: { type: 'enum', name: 'E', symbols } });
  const verdict = wireVerdict(record(e('A')), record(e('A', 'B', 'C')));
  expect(verdict.verdict === 'INCOMPATIBLE' && verdict.incompatibilities).toMatchObject([
    { type: 'MISSING_ENUM_SYMBOLS', message: 'E has no B, C, and no default', reader: { name: 'E' } },
  ]);
});

test('a comparison of schemas that contain themselves ends', () => {
  const list = (type: string) =>
    parseSchema(
      `{"type":"record","name":"L","fields":[{"name":"v","type":"${type}"},{"name":"n","type":["null","L"]}]}`,
    );
  expect(wireVerdict(list('long'), list('int')).verdict).toBe('COMPATIBLE');
  expect(wireVerdict(list('int'), list('long'))).toMatchObject({
    incompatibilities: [{ location: '/fields/0/type' }],
  });
});
