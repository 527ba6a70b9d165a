import type { KafkaRecord } from '#consumer/ports.ts';

/** What a dead letter says of itself, read back from its headers. */
export interface Letter {
  readonly id: string;
  readonly code: string;
  readonly reason: string;
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: bigint };
  readonly schemaId: number | null;
  /** Milliseconds since 1970. */
  readonly firstFailedAt: bigint;
  readonly lastFailedAt: bigint;
}

/** The facts of a record on a dead letter topic, or null if Zoner did not write it. */
export function readLetter(record: KafkaRecord): Letter | null {
  const header = (name: string): string | null => {
    const found = record.headers.find(([candidate]) => candidate === name)?.[1];
    return found ? Buffer.from(found).toString('utf8') : null;
  };
  const id = header('dlt.id');
  const topic = header('dlt.src.topic');
  const partition = header('dlt.src.partition');
  const offset = header('dlt.src.offset');
  if (id === null || topic === null || !isCount(partition) || !isCount(offset)) return null;
  const schemaId = header('dlt.schema.id');
  const time = (name: string): bigint => {
    const text = header(name);
    return isCount(text) ? BigInt(text) : record.timestamp;
  };
  return {
    id,
    code: header('dlt.code') ?? 'UNKNOWN',
    reason: header('dlt.reason') ?? '',
    source: { topic, partition: Number(partition), offset: BigInt(offset) },
    schemaId: isCount(schemaId) ? Number(schemaId) : null,
    firstFailedAt: time('dlt.first.failed.at'),
    lastFailedAt: time('dlt.last.failed.at'),
  };
}

function isCount(text: string | null): text is string {
  return text !== null && /^\d{1,19}$/.test(text);
}

/** Letters of one cause: refused with one code, written with one schema. */
export interface Cause {
  readonly code: string;
  readonly schemaId: number | null;
  /** Distinct letters: the same record refused twice counts once. */
  readonly count: number;
  readonly firstFailedAt: bigint;
  readonly lastFailedAt: bigint;
  readonly sample: Pick<Letter, 'id' | 'reason'>;
}

/** The letters by cause, the most frequent first. */
export function byCause(letters: Iterable<Letter>): readonly Cause[] {
  const seen = new Set<string>();
  const causes = new Map<string, Cause>();
  for (const letter of letters) {
    if (seen.has(letter.id)) continue;
    seen.add(letter.id);
    const key = `${letter.code}/${letter.schemaId}`;
    causes.set(key, addTo(causes.get(key), letter));
  }
  return [...causes.values()].sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));
}

function addTo(cause: Cause | undefined, letter: Letter): Cause {
  const { code, schemaId, firstFailedAt, lastFailedAt, id, reason } = letter;
  if (cause === undefined)
    return { code, schemaId, count: 1, firstFailedAt, lastFailedAt, sample: { id, reason } };
  return {
    ...cause,
    count: cause.count + 1,
    firstFailedAt: firstFailedAt < cause.firstFailedAt ? firstFailedAt : cause.firstFailedAt,
    lastFailedAt: lastFailedAt > cause.lastFailedAt ? lastFailedAt : cause.lastFailedAt,
  };
}
