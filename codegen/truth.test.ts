import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, expect, test } from 'vitest';
import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { otherSchemas } from '#avro/example-schemas.ts';
import { fingerprint } from '#avro/fingerprint.ts';
import { toJson } from '#avro/json-form.ts';
import { parseSchema } from '#avro/parse.ts';
import { randomValue, seeded } from '#avro/random-value.ts';
import { schemaText } from '#avro/schema-text.ts';
import { isRecord } from '#avro/union-form.ts';
import { compileTypes } from '#codegen/compile-types.ts';
import { generate } from '#codegen/generate.ts';
import { validationSchema } from '#codegen/json-schema.ts';
import { type Departures, literalOf } from '#codegen/literal.ts';
import type { Contract } from '#contract/contract.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { loadContracts } from '#contract/load.ts';
import { LOGICAL_TYPE_NAMES, namedUses, typeNames } from '#contract/type-names.ts';

const SEED = 20_261_124;
const RIGHT = 50;
const WRONG = 20;

/** The golden contracts, and a contract around each schema of others. */
async function contracts(): Promise<readonly Contract[]> {
  const others = otherSchemas().map(({ schema }, index) => {
    const text = schemaText(schema);
    const field = (name: string, type: string): string => `{"name":"${name}","type":${type}}`;
    const around = `{"type":"record","name":"AroundIt","fields":[${field('id', '"string"')},${field('it', text)}]}`;
    const contract = exampleContract(isRecord(schema) ? text : around);
    return { ...contract, name: `other-${index}`, fingerprint: fingerprint(parseSchema(text)) };
  });
  return [...(await loadContracts('codegen/golden')), ...others];
}

let all: readonly Contract[] = [];
beforeAll(async () => {
  all = await contracts();
});

/** A module whose literals are of the read and the write type, or expected not to be. */
function useOf({ name, root }: Contract): string {
  const random = seeded(SEED);
  const { encode } = compileEncoder(root);
  const { decode } = compileDecoder(root, root);
  const decoded = (): unknown => decode(encode(randomValue(root, random)));
  const literal = (departures: Omit<Departures, 'random'> = {}): string =>
    literalOf(root, decoded(), { ...departures, random }).text;
  const spoilt = (): string => {
    const value = decoded();
    const { nodes } = literalOf(root, value, { random });
    return literalOf(root, value, { spoilt: Math.floor(random() * nodes), random }).text;
  };
  const times = (count: number, make: () => string): string => Array.from({ length: count }, make).join('\n');
  const required = root.fields.find((field) => field.default === undefined)?.name;
  const type = typeNames(namedUses(root))(root, 'plain');
  const body = `export const right: ${type}[] = [
${times(RIGHT, () => `  ${literal()},`)}
];
export const wrong: ${type}[] = [
${times(WRONG, () => `  // @ts-expect-error\n  ${spoilt()},`)}
];
export const written: ${type}Input[] = [
${times(10, () => `  ${literal({ leftOut: (_, field) => field.default !== undefined && random() < 0.5 })},`)}
${required === undefined ? '' : `  // @ts-expect-error\n  ${literal({ leftOut: (_, { name: each }) => each === required })},`}
];
`;
  const used = LOGICAL_TYPE_NAMES.filter((each) => body.includes(` as ${each})`));
  const brands = used.length === 0 ? '' : `import type { ${used.join(', ')} } from './logical-types.js';\n`;
  return `import type { ${type}, ${type}Input } from './${name}/types.js';\n${brands}${body}`;
}

test('decoded values are of the read type, and values of other types are not, for every schema', async () => {
  const files = new Map(await generate(all, { tableDdl: () => '' }));
  for (const contract of all) files.set(`use-${contract.name}.ts`, useOf(contract));
  expect(all.length).toBeGreaterThan(80);
  expect(compileTypes(files)).toBe('');
}, 60_000);

test('the JSON Schema of every schema accepts the JSON form of its values, and no form near it', () => {
  const random = seeded(SEED);
  const ajv = new Ajv2020({ strict: true, allErrors: false });
  for (const { name, root } of all) {
    const validate = ajv.compile(validationSchema(root));
    for (let run = 0; run < 30; run += 1) {
      const json = JSON.parse(JSON.stringify(toJson(root, randomValue(root, random)))) as Record<
        string,
        unknown
      >;
      const where = `${name}, seed ${SEED}, run ${run}`;
      expect(validate(json), `${where}: ${JSON.stringify(validate.errors)}`).toBe(true);
      expect(validate({ ...json, surplus: 1 }), where).toBe(false);
      const [first = ''] = Object.keys(json);
      const { [first]: _, ...less } = json;
      expect(validate(less), where).toBe(false);
    }
  }
}, 60_000);
