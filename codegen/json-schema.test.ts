import { expect, test } from 'vitest';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { validationSchema } from '#codegen/json-schema.ts';

test('a field called tsType stays in the JSON Schema', () => {
  const root = parseSchema('{"type":"record","name":"R","fields":[{"name":"tsType","type":"long"}]}');
  expect(validationSchema(root as RecordSchema)).toMatchObject({
    $defs: { R: { properties: { tsType: { $ref: '#/$defs/long' } }, required: ['tsType'] } },
  });
});
