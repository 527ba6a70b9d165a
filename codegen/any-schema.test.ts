import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { fromJson } from '#avro/from-json.ts';
import { toJson } from '#avro/json-form.ts';
import { lintSchema } from '#avro/lint/lint-schema.ts';
import { walk } from '#avro/lint/walk.ts';
import { parseSchema } from '#avro/parse.ts';
import { randomValue, seeded } from '#avro/random-value.ts';
import { schemaText } from '#avro/schema-text.ts';
import { isRecord } from '#avro/union-form.ts';
import { validationSchema } from '#codegen/json-schema.ts';
import { typesFile } from '#codegen/types-file.ts';
import { exampleContract } from '#contract/example-contract.ts';

const SEED = 24;

/** One in six of the texts that Avro Java accepts, odd ones among them: a corpus that nobody wrote for generators. */
const accepted = readFileSync(new URL('../avro/fixtures/java-parser.ndjson', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as { text: string; accepted: boolean })
  .filter((each) => each.accepted)
  .filter((_, index) => index % 6 === 0);

test('what Java accepts is either an error of lint, or generated and true to its values', async () => {
  const random = seeded(SEED);
  let generated = 0;
  for (const { text } of accepted) {
    const schema = parseSchema(text);
    const around = `{"type":"record","name":"AroundIt","fields":[{"name":"it","type":${schemaText(schema)}}]}`;
    const contract = exampleContract(isRecord(schema) ? schemaText(schema) : around);
    const { root } = contract;
    if (lintSchema(walk(root)).some(({ severity }) => severity === 'error')) continue;
    generated += 1;
    expect(await typesFile(contract), text).toContain('export const');
    const validate = new Ajv2020({ strict: true }).compile(validationSchema(root));
    const { encode } = compileEncoder(root);
    const { decode } = compileDecoder(root, root);
    for (let run = 0; run < 3; run += 1) {
      const value = randomValue(root, random);
      const where = `seed ${SEED}, run ${run}: ${text}`;
      expect(isDeepStrictEqual(decode(encode(value)), value), where).toBe(true);
      const json: unknown = JSON.parse(JSON.stringify(toJson(root, value)));
      expect(isDeepStrictEqual(fromJson(root, json), value), where).toBe(true);
      expect(validate(json), where).toBe(true);
    }
  }
  expect(generated).toBeGreaterThan(40);
}, 60_000);
