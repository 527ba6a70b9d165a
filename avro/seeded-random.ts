/** A small seeded generator (mulberry32), so that every process measures the same values. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  int(below: number): number;
  pick<T>(from: readonly T[]): T;
  chance(share: number): boolean;
  hex(digits: number): string;
  uuid(): string;
  text(letters: string, shortest: number, longest: number): string;
}

export function seeded(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  const hex = (digits: number): string => Array.from({ length: digits }, () => int(16).toString(16)).join('');
  return {
    next,
    int,
    hex,
    chance: (share) => next() < share,
    pick: (from) => from[int(from.length)] as (typeof from)[number],
    uuid: () => `${hex(8)}-${hex(4)}-7${hex(3)}-9${hex(3)}-${hex(12)}`,
    text: (letters, shortest, longest) => {
      const chars = [...letters];
      const length = shortest + int(longest - shortest + 1);
      return Array.from({ length }, () => chars[int(chars.length)]).join('');
    },
  };
}
