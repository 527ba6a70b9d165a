import fc from 'fast-check';
import { expect, test } from 'vitest';
import { avscForm, avscWithSameValues } from '#avro/avsc-peer.ts';
import { makeDecoder } from '#avro/decoder.ts';
import { makeEncoder } from '#avro/encoder.ts';
import { generateDecoder } from '#avro/generate-decoder.ts';
import { generateEncoder } from '#avro/generate-encoder.ts';
import type { AvroSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { randomSchema, randomValue } from '#avro/random-schema.ts';
import { resolve } from '#avro/resolve.ts';
import { seeded } from '#avro/seeded-random.ts';
import { isZonerError } from '#core/errors.ts';

const seeds = fc.integer();

function sample(seed: number): { json: unknown; schema: AvroSchema; values: readonly unknown[] } {
  const random = seeded(seed);
  const json = randomSchema(random);
  const schema = parseSchema(JSON.stringify(json));
  // avsc's own longs, which its instants are, are wrong beyond this.
  return { json, schema, values: Array.from({ length: 8 }, () => randomValue(schema, random, 52)) };
}

test('the bytes are those of avsc, and each reads what the other wrote, for random schemas and values', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { json, schema, values } = sample(seed);
      const peer = avscWithSameValues(json, 'always');
      const { encode } = makeEncoder(schema);
      const { decode } = makeDecoder(resolve(schema, schema));
      for (const value of values) {
        const form = avscForm(schema, value, { wrapAll: true });
        const theirs = peer.toBuffer(form);
        expect(encode(value).toString('hex')).toBe(theirs.toString('hex'));
        expect(avscForm(schema, decode(theirs), { wrapAll: true })).toEqual(form);
      }
    }),
    { numRuns: 40 },
  );
});

test('generated code does by itself what the interpreter does, for random schemas and values', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { schema, values } = sample(seed);
      const plan = resolve(schema, schema);
      const writer = generateEncoder(schema);
      const reader = generateDecoder(plan);
      if (writer === null || reader === null) throw new Error('code may be generated here');
      const slow = { encode: makeEncoder(schema, 'interpreted').encode, ...makeDecoder(plan, 'interpreted') };
      const room = Buffer.alloc(65_536 + writer.spare);
      for (const value of values) {
        const bytes = slow.encode(value);
        expect(room.subarray(3, writer.run(room, 3, 65_536, value)).equals(bytes)).toBe(true);
        expect(reader.run(Buffer.concat([room.subarray(0, 3), bytes]), 3, 3 + bytes.length)).toEqual(value);
        expect(slow.decode(bytes)).toEqual(value);
      }
    }),
    { numRuns: 40 },
  );
});

/** A value, or the code and the words of its refusal. */
function outcome(work: () => unknown): unknown {
  try {
    return { value: work() };
  } catch (error) {
    if (isZonerError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
}

test('damaged bytes are read or refused by generated code as by the interpreter', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { schema, values } = sample(seed);
      const random = seeded(seed + 1);
      const plan = resolve(schema, schema);
      const fast = makeDecoder(plan);
      const slow = makeDecoder(plan, 'interpreted');
      for (const value of values) {
        const bytes = Buffer.from(makeEncoder(schema).encode(value));
        for (let damage = 0; damage < 3 && bytes.length > 0; damage += 1) {
          bytes[random.int(bytes.length)] = random.int(256);
          const cut = bytes.subarray(0, bytes.length - random.int(2));
          expect(outcome(() => fast.decode(cut))).toEqual(outcome(() => slow.decode(cut)));
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('a value that does not fit is refused by generated code as by the interpreter', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { schema, values } = sample(seed);
      const other = sample(seed + 1);
      const fast = makeEncoder(schema);
      const slow = makeEncoder(schema, 'interpreted');
      for (const value of [...values, ...other.values, { f0: values[0] }])
        expect(outcome(() => fast.encode(value))).toEqual(outcome(() => slow.encode(value)));
    }),
    { numRuns: 40 },
  );
});

test('what was written with one random schema is read as another alike by generated code and interpreter', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = seeded(seed);
      const writer = parseSchema(JSON.stringify(randomSchema(random, 3)));
      const reader = parseSchema(JSON.stringify(randomSchema(random, 3)));
      const plan = resolve(writer, reader);
      const bytes = makeEncoder(writer).encode(randomValue(writer, random));
      const slow = outcome(() => makeDecoder(plan, 'interpreted').decode(bytes));
      expect(outcome(() => makeDecoder(plan).decode(bytes))).toEqual(slow);
    }),
    { numRuns: 120 },
  );
});
