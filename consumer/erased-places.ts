/** Places of a topic's records that were erased: `[first, last]` ranges of offsets, by partition. */
export type OffsetRanges = ReadonlyMap<number, readonly (readonly [first: bigint, last: bigint])[]>;

interface Place {
  readonly partition: number;
  readonly offset: bigint;
}

/**
 * The records of one topic that were erased and that the topic may still retain: whoever reads it passes them over, so
 * that a rebuild brings nobody back.
 */
export class ErasedPlaces {
  readonly #offsets = new Map<number, Set<bigint>>();

  add(ranges: OffsetRanges): void {
    for (const [partition, list] of ranges) {
      const offsets = this.#offsets.get(partition) ?? new Set();
      this.#offsets.set(partition, offsets);
      for (const [first, last] of list)
        for (let offset = first; offset <= last; offset += 1n) offsets.add(offset);
    }
  }

  has({ partition, offset }: Place): boolean {
    return this.#offsets.get(partition)?.has(offset) === true;
  }

  get isEmpty(): boolean {
    return this.#offsets.size === 0;
  }
}

/** The same places as ranges, in order. */
export function rangesOf(places: Iterable<Place>): OffsetRanges {
  const byPartition = new Map<number, bigint[]>();
  for (const { partition, offset } of places) {
    const offsets = byPartition.get(partition);
    if (offsets === undefined) byPartition.set(partition, [offset]);
    else offsets.push(offset);
  }
  return new Map([...byPartition].map(([partition, offsets]) => [partition, inRanges(offsets)]));
}

function inRanges(offsets: bigint[]): readonly (readonly [bigint, bigint])[] {
  const ranges: [bigint, bigint][] = [];
  for (const offset of offsets.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    const last = ranges.at(-1);
    if (last !== undefined && offset <= last[1] + 1n) last[1] = offset;
    else ranges.push([offset, offset]);
  }
  return ranges;
}
