import { isDeepStrictEqual } from 'node:util';
import avsc from 'avsc';
import { expect, test } from 'vitest';
import { bigintLong } from '#avro/avsc-peer.ts';
import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { goldenSchemas, otherSchemas } from '#avro/example-schemas.ts';
import { fromJson } from '#avro/from-json.ts';
import { toJson } from '#avro/json-form.ts';
import type { AvroSchema } from '#avro/model.ts';
import { randomValue, seeded } from '#avro/random-value.ts';
import { schemaText } from '#avro/schema-text.ts';

const SEED = 1_124;
const RUNS = 60;
const EXAMPLES = [...goldenSchemas(), ...otherSchemas()].map(({ file, schema }) => ({
  name: `${file} ${'fullName' in schema ? schema.fullName : schema.type}`,
  schema,
}));

const EXTRAS: ReadonlySet<string> = new Set(['default', 'aliases', 'doc']);

/** Without what avsc partly refuses and a reader of bytes does not need. */
function withoutExtras(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutExtras);
  if (typeof json !== 'object' || json === null) return json;
  const kept = Object.entries(json).filter(([key]) => !EXTRAS.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutExtras(value)]));
}

function avscOf(schema: AvroSchema): avsc.Type {
  const isLong = (each: unknown): boolean =>
    each === 'long' ||
    (typeof each === 'object' && each !== null && (each as { type?: unknown }).type === 'long');
  const typeHook = (each: unknown): avsc.Type | undefined => (isLong(each) ? bigintLong : undefined);
  const text = withoutExtras(JSON.parse(schemaText(schema))) as avsc.Schema;
  return avsc.Type.forSchema(text, {
    typeHook: typeHook as avsc.ForSchemaOptions['typeHook'],
    wrapUnions: true,
  });
}

const isAscii = (schema: AvroSchema): boolean =>
  !/[^\0-\x7f]/.test(JSON.stringify(withoutExtras(JSON.parse(schemaText(schema)))));

test.each(EXAMPLES)(
  '$name: what is written is read back, from bytes, by avsc, and from JSON',
  ({ schema }) => {
    const random = seeded(SEED);
    const { encode } = compileEncoder(schema);
    const { decode } = compileDecoder(schema, schema);
    // avsc takes no names but the specification's.
    const other = isAscii(schema) ? avscOf(schema) : null;
    for (let run = 0; run < RUNS; run += 1) {
      const value = randomValue(schema, random);
      const where = `seed ${SEED}, run ${run}`;
      const bytes = Buffer.from(encode(value));
      expect(isDeepStrictEqual(decode(bytes), value), where).toBe(true);
      expect(
        isDeepStrictEqual(fromJson(schema, JSON.parse(JSON.stringify(toJson(schema, value)))), value),
        where,
      ).toBe(true);
      if (other !== null) expect(other.toBuffer(other.fromBuffer(bytes)).equals(bytes), where).toBe(true);
    }
  },
);

test('avsc was asked about all of them but the ones with names of other letters', () => {
  const skipped = EXAMPLES.filter(({ schema }) => !isAscii(schema)).map(({ name }) => name);
  expect(skipped).toEqual(['golden/letters/letters.avsc golden.letters.Letters']);
  expect(EXAMPLES.length).toBeGreaterThan(80);
});
