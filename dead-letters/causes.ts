import { type Letter, placeOf } from '#dead-letters/letter.ts';
import type { Verdict } from '#dead-letters/prove.ts';

/** Letters of one cause: refused with one code, written with one schema, at one place. */
export interface Cause {
  /** What `--cause` takes: `WRITER_INCOMPATIBLE:7:activity`. */
  readonly cause: string;
  readonly code: string;
  readonly schemaId: number | null;
  readonly place: string | null;
  /** Distinct open letters. */
  readonly count: number;
  /** How many of them today's contract and registry would make rows. */
  readonly decodable: number;
  /** Milliseconds since 1970. */
  readonly firstFailedAt: bigint;
  readonly lastFailedAt: bigint;
  readonly sample: Pick<Letter, 'id' | 'reason'>;
  /** Why those that are not decodable still fail; the first that was found. */
  readonly stillFails: { readonly code: string; readonly reason: string } | null;
}

/** Garbage may hold as many schema ids as there are records: beyond this, causes are told without their id and place. */
const MAX_CAUSES = 1000;

/** `CODE`, `CODE:7` or `CODE:7:place`; a letter without a schema id has `-` there. */
export function causeOf(letter: Pick<Letter, 'code' | 'schemaId' | 'reason'>): string {
  const place = placeOf(letter);
  return [letter.code, letter.schemaId ?? '-', ...(place === null ? [] : [place])].join(':');
}

/** Whether a letter has this cause, or one that begins with it: `CODE` covers all schema ids and places. */
export function hasCause(letter: Letter, cause: string): boolean {
  const own = causeOf(letter);
  return own === cause || own.startsWith(`${cause}:`);
}

/** Counts open letters by cause as they come. */
export class CauseTally {
  readonly #causes = new Map<string, Cause>();

  /** Each letter once. */
  add(letter: Letter, verdict: Verdict): void {
    const full = causeOf(letter);
    const isKept = this.#causes.has(full) || this.#causes.size < MAX_CAUSES;
    const cause = isKept ? full : letter.code;
    const before = this.#causes.get(cause) ?? emptyCause(cause, letter, isKept);
    const { firstFailedAt: first, lastFailedAt: last } = letter;
    this.#causes.set(cause, {
      ...before,
      count: before.count + 1,
      decodable: before.decodable + (verdict.kind === 'passes' ? 1 : 0),
      firstFailedAt: first < before.firstFailedAt ? first : before.firstFailedAt,
      lastFailedAt: last > before.lastFailedAt ? last : before.lastFailedAt,
      stillFails: before.stillFails ?? (verdict.kind === 'fails' ? failure(verdict) : null),
    });
  }

  /** The most frequent first. */
  close(): readonly Cause[] {
    return [...this.#causes.values()].sort((a, b) => b.count - a.count || a.cause.localeCompare(b.cause));
  }
}

function emptyCause(cause: string, letter: Letter, isKept: boolean): Cause {
  return {
    cause,
    code: letter.code,
    schemaId: isKept ? letter.schemaId : null,
    place: isKept ? placeOf(letter) : null,
    count: 0,
    decodable: 0,
    firstFailedAt: letter.firstFailedAt,
    lastFailedAt: letter.lastFailedAt,
    sample: { id: letter.id, reason: letter.reason },
    stillFails: null,
  };
}

function failure({ code, reason }: Extract<Verdict, { kind: 'fails' }>) {
  return { code, reason };
}
