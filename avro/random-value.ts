/** Random values of a schema, for tests: in the value form, with the edges of each type often among them. */
import { MAX_DATE_MS } from '#avro/date-time.ts';
import { Decimal } from '#avro/decimal.ts';
import type { AvroSchema, FixedSchema, LogicalType, PrimitiveSchema, RecordSchema } from '#avro/model.ts';
import { unionForm } from '#avro/union-form.ts';

/** From 0 up to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Collections get empty and unions null, if they may, at this depth, so that recursion ends. */
const DEEP = 4;

/** A value that the codec takes and gives back as it is. */
export function randomValue(schema: AvroSchema, random: () => number, depth = 0): unknown {
  switch (schema.type) {
    case 'record':
    case 'error':
      return recordValue(schema, random, depth);
    case 'array':
      return Array.from({ length: count(random, depth) }, () => randomValue(schema.items, random, depth + 1));
    case 'map': {
      const map: Record<string, unknown> = Object.create(null);
      for (let left = count(random, depth); left > 0; left -= 1)
        map[pick(random, KEYS)] = randomValue(schema.values, random, depth + 1);
      return map;
    }
    case 'enum':
      return pick(random, schema.symbols);
    case 'union': {
      const union = unionForm(schema);
      if (union.nullable && (depth >= DEEP || random() < 0.3)) return null;
      if (union.form === 'plain')
        return union.branch === null ? null : randomValue(union.branch, random, depth + 1);
      const [kind, branch] = pick(random, [...union.kinds]);
      const value = randomValue(branch, random, depth + 1);
      return union.form === 'records' ? { kind, ...(value as object) } : { kind, value };
    }
    default:
      return schema.logicalType === null
        ? plainValue(schema, random)
        : logicalValue(schema.logicalType, random);
  }
}

function recordValue(schema: RecordSchema, random: () => number, depth: number): object {
  return Object.fromEntries(
    schema.fields.map(({ name, schema: inner }) => [name, randomValue(inner, random, depth + 1)]),
  );
}

function count(random: () => number, depth: number): number {
  return depth >= DEEP ? 0 : Math.floor(random() * 4);
}

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

const KEYS = ['a', 'b c', 'kind', 'constructor', '1', '"', 'größe', '', 'x'.repeat(70)];
const TEXTS = [
  '',
  'a',
  "it's",
  '"quoted" \\ */ //',
  'two\nlines',
  '\u0000',
  '😀 ß 中',
  '$`{x}',
  '\u2028',
  'y'.repeat(200),
];
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.1,
  1e21,
  5e-324,
  2 ** 53,
  Number.MAX_VALUE,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];

function plainValue(schema: PrimitiveSchema | FixedSchema, random: () => number): unknown {
  switch (schema.type) {
    case 'null':
      return null;
    case 'boolean':
      return random() < 0.5;
    case 'int':
      return Number(between(random, -(2n ** 31n), 2n ** 31n - 1n));
    case 'long':
      return between(random, -(2n ** 63n), 2n ** 63n - 1n);
    case 'float': {
      const value = Math.fround(
        random() < 0.5
          ? pick(
              random,
              NUMBERS.filter((each) => Math.abs(each) < 1e30),
            )
          : (random() - 0.5) * 1e6,
      );
      return random() < 0.1 ? Number.NaN : value;
    }
    case 'double':
      return random() < 0.5 ? pick(random, NUMBERS) : (random() - 0.5) * 10 ** Math.floor(random() * 300);
    case 'string':
      return pick(random, TEXTS);
    case 'bytes':
      return bytes(random, Math.floor(random() * 5));
    default:
      return bytes(random, schema.size);
  }
}

function bytes(random: () => number, length: number): Uint8Array {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

/** Near either end, near zero, or anywhere. */
function between(random: () => number, lowest: bigint, highest: bigint): bigint {
  const near = BigInt(Math.floor(random() * 200));
  const place = random();
  if (place < 0.15) return lowest + near;
  if (place < 0.3) return highest - near;
  const span = highest - lowest + 1n;
  if (place < 0.5 && lowest <= -100n && highest >= 100n) return near - 100n;
  return lowest + (span * BigInt(Math.floor(random() * 2 ** 53))) / 2n ** 53n;
}

function logicalValue(logical: LogicalType, random: () => number): unknown {
  switch (logical.name) {
    case 'decimal': {
      const most = 10n ** BigInt(1 + Math.floor(random() * logical.precision)) - 1n;
      return new Decimal(between(random, -most, most), logical.scale);
    }
    case 'uuid':
      return [8, 4, 4, 4, 12].map((digits) => hex(random, digits)).join('-');
    case 'date':
      return isoDay(random);
    case 'time-millis':
      return Number(between(random, 0n, 86_399_999n));
    case 'time-micros':
      return between(random, 0n, 86_399_999_999n);
    case 'timestamp-millis':
      return new Date(Number(between(random, -MAX_DATE_MS, MAX_DATE_MS)));
    case 'duration':
      return Object.fromEntries(
        ['months', 'days', 'millis'].map((part) => [part, Number(between(random, 0n, 2n ** 32n - 1n))]),
      );
    default: {
      const perMilli =
        { millis: 1n, micros: 1000n, nanos: 1_000_000n }[
          logical.name.slice(logical.name.lastIndexOf('-') + 1)
        ] ?? 1n;
      const most = perMilli === 1_000_000n ? 2n ** 63n - 1n : MAX_DATE_MS * perMilli;
      return between(random, -most, most);
    }
  }
}

function hex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}

function isoDay(random: () => number): string {
  const days = Number(between(random, -100_000_000n, 100_000_000n));
  return new Date(days * 86_400_000).toISOString().slice(0, -14);
}
