import { readFileSync } from 'node:fs';
import { type Random, seeded } from '#avro/seeded-random.ts';
import { activityEvent, activityJson } from '#bench/codec/activity-shape.ts';
import { eventShape } from '#bench/codec/event-shape.ts';

/** One kind of record to measure with. */
export interface Shape {
  readonly name: string;
  /** The schema as JSON. */
  readonly schema: unknown;
  /** Values in Zoner's value form. */
  make(random: Random): unknown;
}

const fields = (count: number, type: unknown): unknown[] =>
  Array.from({ length: count }, (_, index) => ({ name: `f${index}`, type }));

const record = (name: string, given: readonly unknown[]): unknown => ({
  type: 'record',
  name,
  fields: given,
});

const fill = (count: number, make: (index: number) => unknown): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, make(index)]));

const ASCII = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ ';
const MIXED = 'aeiouäöüßéèñçøåžščřавгджзиклмн東京大阪時間睡眠';

function textShape(name: string, letters: string, count: number, shortest: number, longest: number): Shape {
  return {
    name,
    schema: record('Texts', fields(count, 'string')),
    make: (random) => fill(count, () => random.text(letters, shortest, longest)),
  };
}

const NUMERIC = [
  'int',
  'long',
  'double',
  'float',
  'boolean',
  'int',
  'long',
  'double',
  'float',
  'int',
  'long',
  'int',
];

const numeric: Shape = {
  name: 'numeric',
  schema: record(
    'Numbers',
    NUMERIC.map((type, index) => ({ name: `f${index}`, type })),
  ),
  make: (random) =>
    fill(NUMERIC.length, (index) => {
      switch (NUMERIC[index]) {
        case 'boolean':
          return random.chance(0.5);
        case 'double':
          return random.next() * 1000;
        case 'float':
          return Math.fround(random.next() * 1000);
        case 'long':
          return BigInt(random.int(2 ** 40));
        default:
          return random.int(2 ** 20) - 2 ** 19;
      }
    }),
};

const tiny: Shape = {
  name: 'tiny',
  schema: record('Tiny', [
    { name: 'f0', type: 'int' },
    { name: 'f1', type: 'string' },
    { name: 'f2', type: 'boolean' },
  ]),
  make: (random) => ({ f0: random.int(1000), f1: `device-${random.int(100)}`, f2: random.chance(0.5) }),
};

const userActivity: Shape = {
  name: 'UserActivity',
  schema: activityJson(
    (file) => JSON.parse(readFileSync(`schemas/user-activity/${file}`, 'utf8')) as unknown,
  ),
  make: activityEvent,
};

export const SHAPES: readonly Shape[] = [
  userActivity,
  eventShape,
  numeric,
  textShape('unique strings', ASCII, 8, 4, 60),
  textShape('short unique strings', ASCII, 8, 4, 12),
  textShape('non-ASCII strings', MIXED, 8, 4, 30),
  textShape('long strings', ASCII, 2, 200, 2000),
  tiny,
];

export function shapeOf(name: string): Shape {
  const shape = SHAPES.find((each) => each.name === name);
  if (shape === undefined) throw new Error(`no shape is called ${name}`);
  return shape;
}

/** The same values in every process. */
export function valuesOf(shape: Shape, count: number): readonly unknown[] {
  const random = seeded(20261124);
  // A clone has flat strings, as what was parsed has; those above are chains of their parts.
  return structuredClone(Array.from({ length: count }, () => shape.make(random)));
}
