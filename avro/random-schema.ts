/** Schemas and values at random, for tests: the same seed gives the same. */
import type { AvroSchema, PrimitiveSchema, UnionSchema } from '#avro/model.ts';
import type { Random } from '#avro/seeded-random.ts';
import { isRecord, kindOf, unionForm } from '#avro/union-form.ts';

const SCALARS = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;

/** Writes schemas whose named types all have names of their own. */
class SchemaMaker {
  readonly #random: Random;
  /** Full names of records that are open: a field may lead back to one of them. */
  readonly #open: string[] = [];
  #names = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  type(depth: number): unknown {
    const random = this.#random;
    if (depth <= 0) return random.pick(SCALARS);
    switch (random.int(10)) {
      case 0:
        return { type: 'array', items: this.type(depth - 1) };
      case 1:
        return { type: 'map', values: this.type(depth - 1) };
      case 2:
        return this.#union(depth);
      case 3:
        return this.#enum();
      case 4:
        return { type: 'fixed', name: this.#name('F'), size: random.int(5) };
      case 5:
        return { type: 'long', logicalType: 'timestamp-millis' };
      case 6:
      case 7:
        return this.record(depth);
      default:
        return random.pick(SCALARS);
    }
  }

  record(depth: number): unknown {
    const name = this.#name('R');
    this.#open.push(name);
    const fields = Array.from({ length: this.#random.int(6) }, (_, index) => {
      const back = this.#open[this.#random.int(4 * this.#open.length)];
      // Only through a union with null can a value of a record that contains itself come to an end.
      return { name: `f${index}`, type: back === undefined ? this.type(depth - 1) : ['null', back] };
    });
    this.#open.pop();
    return { type: 'record', name, fields };
  }

  #union(depth: number): unknown {
    const branches: unknown[] = this.#random.chance(0.5) ? ['null'] : [];
    if (this.#random.chance(0.3)) branches.push(this.record(depth - 1), this.record(depth - 1));
    else if (this.#random.chance(0.5)) branches.push('int', 'string', this.#enum());
    else branches.push({ type: 'array', items: this.type(depth - 2) }, 'double');
    return branches;
  }

  #enum(): unknown {
    const symbols = Array.from({ length: 1 + this.#random.int(20) }, (_, index) => `S${index}`);
    return { type: 'enum', name: this.#name('E'), symbols };
  }

  #name(prefix: string): string {
    this.#names += 1;
    return `t.${prefix}${this.#names}`;
  }
}

/** A schema as JSON. */
export function randomSchema(random: Random, depth = 4): unknown {
  return new SchemaMaker(random).record(depth);
}

const TEXTS = [
  '',
  'a',
  'zone/City',
  'ä',
  '東京',
  '\u{1f634}',
  '\u0000',
  'x'.repeat(70),
  'é'.repeat(70),
  '\ufffd',
];

/** A value of a schema, in the value form. Longs stay within `mostBits` bits. */
export function randomValue(schema: AvroSchema, random: Random, mostBits = 63, depth = 0): unknown {
  const inner = (of: AvroSchema): unknown => randomValue(of, random, mostBits, depth + 1);
  const few = depth > 8 ? 0 : random.int(4);
  switch (schema.type) {
    case 'record':
    case 'error':
      return Object.fromEntries(schema.fields.map((field) => [field.name, inner(field.schema)]));
    case 'array':
      return Array.from({ length: few }, () => inner(schema.items));
    case 'map': {
      const map: Record<string, unknown> = Object.create(null);
      for (let count = 0; count < few; count += 1)
        map[`${random.pick(TEXTS)}${count}`] = inner(schema.values);
      return map;
    }
    case 'union':
      return randomBranch(schema, random, depth, inner);
    case 'enum':
      return random.pick(schema.symbols);
    case 'fixed':
      return randomBytes(random, schema.size);
    default:
      return randomScalar(schema, random, mostBits);
  }
}

function randomBranch(
  schema: UnionSchema,
  random: Random,
  depth: number,
  inner: (of: AvroSchema) => unknown,
): unknown {
  const union = unionForm(schema);
  if (union.nullable && (depth > 8 || random.chance(0.4))) return null;
  if (union.form === 'plain') return union.branch === null ? null : inner(union.branch);
  const branch = random.pick([...union.kinds.values()] as AvroSchema[]);
  const kind = kindOf(branch);
  if (union.form === 'records' && isRecord(branch)) return { kind, ...(inner(branch) as object) };
  return { kind, value: inner(branch) };
}

function randomScalar({ type, logicalType }: PrimitiveSchema, random: Random, mostBits: number): unknown {
  if (logicalType !== null) {
    const most = Math.min(8.64e15, 2 ** mostBits);
    return new Date(Math.floor((2 * random.next() - 1) * most));
  }
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return random.chance(0.5);
    case 'int':
      return (random.next() * 2 ** 32) >> random.int(32);
    case 'long':
      return randomLong(random, mostBits);
    case 'float':
      return random.pick([0, -0, Math.fround(random.next()), Number.NaN, Number.NEGATIVE_INFINITY]);
    case 'double':
      return random.pick([
        0,
        -0,
        random.next() * 1e300,
        -random.next(),
        Number.NaN,
        Number.POSITIVE_INFINITY,
      ]);
    case 'bytes':
      return randomBytes(random, random.int(80));
    default:
      return random.pick(TEXTS);
  }
}

function randomLong(random: Random, mostBits: number): bigint {
  const bits = random.int(mostBits + 1);
  const magnitude = BigInt.asUintN(bits, BigInt(`0x${random.hex(16)}`));
  return random.chance(0.5) ? magnitude : -magnitude - 1n;
}

function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.int(256)));
}
