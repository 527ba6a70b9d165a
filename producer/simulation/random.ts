import { createHash } from 'node:crypto';

/** A stream of numbers that the seed alone decides. */
export interface Random {
  /** In [0, 1). */
  unit(): number;
  between(low: number, high: number): number;
  /** A whole number, both ends included. */
  integer(low: number, high: number): number;
  /** About `mean`, by a bell curve cut off at three deviations. */
  around(mean: number, deviation: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  bytes(length: number): Buffer;
  uuid(): string;
  /** A stream of its own, so that one part's draws do not move another's. */
  fork(name: string): Random;
}

/** SplitMix32 over a hash of the seed (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014). */
export function createRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const unit = (): number => next() / 2 ** 32;
  const between = (low: number, high: number): number => low + unit() * (high - low);
  const integer = (low: number, high: number): number => Math.floor(between(low, high + 1));
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => next() & 0xff));
  return {
    unit,
    between,
    integer,
    // The sum of twelve uniform numbers has variance 1; dividing by two deviations keeps it within three.
    around: (mean, deviation) => {
      const sum = Array.from({ length: 12 }, unit).reduce((total, each) => total + each, -6);
      return mean + Math.max(-3, Math.min(3, sum)) * deviation;
    },
    chance: (probability) => unit() < probability,
    pick: (from) => from[integer(0, from.length - 1)] ?? from[0],
    bytes,
    uuid: () => {
      const raw = bytes(16);
      raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40;
      raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80;
      return raw.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
    fork: (name) => createRandom(`${seed}/${name}`),
  };
}
