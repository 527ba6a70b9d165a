import type { VerdictRow, WireDirection } from '#check/verdict.ts';

/** `broken by version 1 (id 7)`, `not asked for, and broken by version 1`. */
export function wireWords({ compatible, asked, brokenBy }: WireDirection): string {
  if (compatible) return 'ok';
  const by =
    brokenBy === null ? '' : ` by ${brokenBy.version}${brokenBy.id === null ? '' : ` (id ${brokenBy.id})`}`;
  return asked ? `broken${by}` : `broken${by}, which the level does not ask for`;
}

export function javascriptWords({ javascript }: VerdictRow): string {
  const { avsc, zoner } = javascript;
  return avsc === zoner ? `old readers: ${avsc}` : `old readers with avsc: ${avsc}; with Zoner: ${zoner}`;
}

export function typescriptWords({ typescript }: VerdictRow): string {
  const { read, write, breaks } = typescript;
  const code =
    breaks === 'neither'
      ? 'breaks no code'
      : `breaks ${breaks === 'both' ? 'reading and writing' : breaks} code`;
  return read === write ? `types ${read}: ${code}` : `read type ${read}, write type ${write}: ${code}`;
}

/** Each statement or sentence is an item. */
export function warehouseWords({ warehouse }: VerdictRow): readonly string[] {
  const { statements, impossibleInPlace } = warehouse;
  const impossible =
    impossibleInPlace === null
      ? []
      : [`impossible in place: ${impossibleInPlace.reason}. ${impossibleInPlace.wayOut}`];
  const all = [...impossible, ...statements];
  return all.length === 0 ? ['nothing to do'] : all;
}
