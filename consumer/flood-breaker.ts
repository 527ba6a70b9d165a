import type { Partitioned, RefusalCode } from '#consumer/outcome.ts';

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

/**
 * Stops a topic whose records are refused in numbers: that is a wrong deployment or a wrong registry, and not bad
 * records, and a topic must not be emptied into dead letters. Each topic has its own window, the retry topic too.
 */
export function createFloodBreaker(options: BreakerOptions) {
  const latest = new Map<string, (RefusalCode | null)[]>();
  return {
    /** What these outcomes would make of the topic: a flood, or null. Call `count` once they are committed. */
    judge(topic: string, outcome: Partitioned): Flood | null {
      const codes = [...(latest.get(topic) ?? []), ...codesOf(outcome, options.window)].slice(
        -options.window,
      );
      const counts = new Map<RefusalCode, number>();
      for (const code of codes) if (code !== null) counts.set(code, (counts.get(code) ?? 0) + 1);
      for (const [code, refused] of counts) {
        const floods = refused >= options.least && refused > options.share * codes.length;
        if (floods && !options.accepted.has(code)) return { topic, code, refused, of: codes.length };
      }
      return null;
    },
    count(topic: string, outcome: Partitioned): void {
      const codes = [...(latest.get(topic) ?? []), ...codesOf(outcome, options.window)];
      latest.set(topic, codes.slice(-options.window));
    },
    accepts: (code: string): boolean => options.accepted.has(code as RefusalCode),
  };
}

export type FloodBreaker = ReturnType<typeof createFloodBreaker>;

/** The last codes, at most so many: a batch may be larger than the window. */
function codesOf({ accepted, refused, skipped }: Partitioned, most: number): readonly (RefusalCode | null)[] {
  const others = Math.min(accepted.length + skipped.length, Math.max(0, most - refused.length));
  return [...Array<null>(others).fill(null), ...refused.slice(-most).map(({ code }) => code)];
}
