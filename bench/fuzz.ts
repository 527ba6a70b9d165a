import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import type { Decoder } from '#avro/decoder.ts';
import { parseSchema } from '#avro/parse.ts';
import { randomSchema, randomValue } from '#avro/random-schema.ts';
import { type Random, seeded } from '#avro/seeded-random.ts';
import type { Bench, Figure } from '#bench/bench-table.ts';
import { SHAPES } from '#bench/codec/shapes.ts';
import { isZonerError } from '#core/errors.ts';

const PAYLOADS = 1_000_000;
const MOST_BYTES = 400;

/** Schemas that payloads can abuse: items of no bytes, values without end, maps, numbers of every width, random types. */
const HOSTILE = [
  '{"type":"array","items":"null"}',
  '{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]},{"name":"b","type":"bytes"}]}',
  '{"type":"map","values":{"type":"array","items":{"type":"map","values":["null","string","long"]}}}',
  '{"type":"array","items":{"type":"record","name":"D","fields":[{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},{"name":"t","type":{"type":"int","logicalType":"date"}},{"name":"f","type":"float"}]}}',
];

interface Target {
  readonly decoder: Decoder;
  /** Payloads that can be read, to be damaged. */
  readonly sound: readonly Buffer[];
}

/** `npm run bench -- fuzz [SEED]`: a million random, cut and flipped payloads give a value or a coded refusal each. */
export const fuzz: Bench = {
  async run(tell) {
    const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
    tell(`seed ${seed}`);
    const random = seeded(seed);
    const targets = targetsOf(random);
    const counts = { values: 0, refusals: 0, uncoded: 0 };
    let longest = 0;
    let mostMemory = 0;
    for (let count = 0; count < PAYLOADS; count += 1) {
      const { decoder, sound } = random.pick(targets);
      const payload = damaged(random, sound);
      const took = timed(() => judge(decoder, payload, counts));
      // What is the machine's pause and not the payload's does not come twice.
      const again = took > 10 ? timed(() => judge(decoder, payload, { ...counts })) : took;
      longest = Math.max(longest, Math.min(took, again));
      if (count % 10_000 === 0) mostMemory = Math.max(mostMemory, process.memoryUsage().rss);
      if (count % 250_000 === 0) tell(`${count} payloads`);
    }
    const figure = (what: string, measured: number, unit: string, atMost: number | null): Figure => ({
      what,
      measured,
      unit,
      limit: atMost === null ? null : { atMost },
      aim: null,
    });
    return {
      setting: { node: process.version, seed, schemas: targets.length, payloads: PAYLOADS },
      figures: [
        figure('read as a value', counts.values, '', null),
        figure('refused with a code', counts.refusals, '', null),
        figure('any other error', counts.uncoded, '', 0),
        figure('longest time of one payload', longest, ' ms', 100),
        figure('most memory', mostMemory / 2 ** 20, ' MiB', 600),
      ],
    };
  },
};

function targetsOf(random: Random): readonly Target[] {
  const shaped = SHAPES.slice(0, 3).map((shape) =>
    target(JSON.stringify(shape.schema), () => shape.make(random)),
  );
  const hostile = HOSTILE.map((text) => {
    // Values of the base types do: what a logical type does not allow is what is tried here.
    const plain = text.replaceAll(/,"logicalType":"(decimal|date)"[^}]*/g, '');
    return target(text, () => randomValue(parseSchema(plain), random), plain);
  });
  const others = Array.from({ length: 3 }, () => {
    const text = JSON.stringify(randomSchema(random));
    return target(text, () => randomValue(parseSchema(text), random));
  });
  return [...shaped, ...hostile, ...others];
}

function target(text: string, value: () => unknown, written = text): Target {
  const schema = parseSchema(text);
  const { encode } = compileEncoder(parseSchema(written));
  return {
    decoder: compileDecoder(schema, schema),
    sound: Array.from({ length: 50 }, () => encode(value())),
  };
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** Random bytes, or a sound payload with some bits flipped and some of its end gone. */
function damaged(random: Random, sound: readonly Buffer[]): Buffer {
  if (random.chance(0.3)) {
    const bytes = Buffer.allocUnsafe(random.int(MOST_BYTES));
    for (let index = 0; index < bytes.length; index += 1)
      bytes[index] = random.chance(0.5) ? random.int(256) : random.int(8);
    return bytes;
  }
  const payload = Buffer.from(random.pick(sound));
  for (let flips = random.int(4); flips > 0 && payload.length > 0; flips -= 1) {
    const at = random.int(payload.length);
    payload[at] = (payload[at] ?? 0) ^ (1 << random.int(8));
  }
  return random.chance(0.5) ? payload.subarray(0, random.int(payload.length + 1)) : payload;
}

function judge(
  decoder: Decoder,
  payload: Buffer,
  counts: { values: number; refusals: number; uncoded: number },
): void {
  try {
    decoder.decode(payload);
    counts.values += 1;
  } catch (error) {
    if (isZonerError(error, 'UNDECODABLE', 'VALUE_INVALID')) counts.refusals += 1;
    else counts.uncoded += 1;
  }
}
