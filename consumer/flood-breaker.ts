import type { Partitioned, RefusalCode } from '#consumer/outcome.ts';
import { ZonerError } from '#core/errors.ts';

export interface BreakerOptions {
  /** How many of a topic's latest records count. */
  readonly window: number;
  /** A share above this, of one code, trips. */
  readonly share: number;
  /** And no fewer refusals than this. */
  readonly least: number;
  /** Codes that a person has accepted: they are refused, however many there are. */
  readonly accepted: ReadonlySet<RefusalCode>;
}

export const BREAKER_DEFAULTS = { window: 1000, share: 0.2, least: 100 } as const;

/** What tripped: too many records of a topic refused with one code. */
export interface Flood {
  readonly topic: string;
  readonly code: RefusalCode;
  readonly refused: number;
  readonly of: number;
}

/** A refusal, and how many records of its topic, or of its batch, came before it. */
interface Refused {
  readonly at: number;
  readonly code: RefusalCode;
}

interface Latest {
  readonly records: number;
  /** Those within the window. */
  readonly refused: readonly Refused[];
}

const NOTHING: Latest = { records: 0, refused: [] };

/**
 * Stops a topic whose records are refused in numbers: that is a wrong deployment or a wrong registry, and not bad
 * records, and a topic must not be emptied into dead letters. Each topic has its own window, the retry topic too. The share
 * is taken at each refusal, over the records before it: how records are cut into batches changes nothing.
 */
export function createFloodBreaker(options: BreakerOptions) {
  const { window, share, least, accepted } = options;
  const latest = new Map<string, Latest>();
  const stopped = new Map<string, string>();
  const accepts = (code: string): boolean => accepted.has(code as RefusalCode);

  return {
    /** What these outcomes would make of the topic: a flood, or null. Remembers nothing: a batch that is tried again is judged again. */
    judge(topic: string, outcome: Partitioned): Flood | null {
      const { records, refused } = latest.get(topic) ?? NOTHING;
      const all = [...refused, ...placesOf(outcome, records)];
      const counts = new Map<RefusalCode, number>();
      let oldest = 0;
      for (const { at, code } of all) {
        for (let first = all[oldest]; first !== undefined && first.at <= at - window; first = all[++oldest])
          counts.set(first.code, (counts.get(first.code) ?? 0) - 1);
        const count = (counts.get(code) ?? 0) + 1;
        counts.set(code, count);
        const of = Math.min(window, at + 1);
        if (count >= least && count > share * of && !accepts(code))
          return { topic, code, refused: count, of };
      }
      return null;
    },
    /** Takes outcomes into the window, for the batches after them. To be called once, when their rows and letters are durable. */
    count(topic: string, outcome: Partitioned): void {
      const { records, refused } = latest.get(topic) ?? NOTHING;
      const after = records + outcome.accepted.length + outcome.refused.length + outcome.skipped.length;
      const all = outcome.refused.length === 0 ? refused : [...refused, ...placesOf(outcome, records)];
      latest.set(topic, { records: after, refused: all.filter(({ at }) => at > after - window) });
    },
    accepts,
    /** From now on nothing of the topic is worked on in this process, whichever partition the flood was in. */
    stop(topic: string, code: string): void {
      stopped.set(topic, code);
    },
    /** The code that stopped the topic; undefined while it runs. */
    stoppedBy: (topic: string): string | undefined => stopped.get(topic),
  };
}

export type FloodBreaker = ReturnType<typeof createFloodBreaker>;

/** The refusals in the order of the log, counted on from the records before. */
function placesOf({ accepted, refused, skipped }: Partitioned, before: number): readonly Refused[] {
  const offsetOf = ({ record }: { readonly record: { readonly offset: bigint } }): bigint => record.offset;
  // What the sink refused, or ended a process, stands behind the others.
  const inOrder = refused.toSorted((one, other) => (offsetOf(one) < offsetOf(other) ? -1 : 1));
  let fine = 0;
  let passed = 0;
  return inOrder.map((each, index) => {
    const offset = offsetOf(each);
    for (let next = accepted[fine]; next !== undefined && offsetOf(next) < offset; next = accepted[fine])
      fine += 1;
    for (let next = skipped[passed]; next !== undefined && offsetOf(next) < offset; next = skipped[passed])
      passed += 1;
    return { at: before + index + fine + passed, code: each.code };
  });
}

/** @param how what was counted, where it was counted now */
export function floodError(topic: string, code: string, how = 'too many records'): ZonerError {
  return new ZonerError('FLOOD', `${topic} is stopped: ${how} are refused with ${code}`, {
    context: { topic, code },
    remedy: `Find out what changed; nothing of this was committed. If the refusals are right: zoner consume --accept ${code}`,
  });
}
