/** The minutes that are shown, the one that runs included. */
export const MINUTES = 60;
const MINUTE_MS = 60_000;

/** The minute of a moment, numbered since 1970. @param at milliseconds since 1970 */
export function minuteOf(at: number): number {
  return Math.floor(at / MINUTE_MS);
}

/** When a minute begins, in milliseconds since 1970. */
export function startOf(minute: number): number {
  return minute * MINUTE_MS;
}

/** What the broker says of a contract at one moment. */
export interface Sample {
  /** The sum of the end offsets of the source topic's partitions. */
  readonly produced: bigint;
  /** The same of the dead letter topic. */
  readonly letters: bigint;
  /** Records of source and retry topic that the warehouse group has not committed. */
  readonly lag: bigint;
  /** The code whose flood of refusals has stopped the contract; null: none. */
  readonly flood: string | null;
}

/** One minute of a contract. Null: nobody looked then. */
export interface FlowMinute {
  readonly minute: number;
  readonly produced: number | null;
  readonly letters: number | null;
  readonly rows: number | null;
  /** At the end of the minute. */
  readonly lag: number | null;
}

/** The last hour of one contract by the minute, out of samples and of what the broker still knows of earlier times. */
export class FlowHistory {
  /** By minute, the counts at its end. */
  readonly #ends = new Map<number, { produced?: bigint; letters?: bigint; lag?: bigint }>();

  /** @param at milliseconds since 1970 */
  enter(at: number, { produced, letters, lag }: Sample): void {
    const minute = minuteOf(at);
    this.#ends.set(minute, { produced, letters, lag });
    for (const known of this.#ends.keys()) if (known < minute - MINUTES) this.#ends.delete(known);
  }

  /** A count at the end of an earlier minute; a sample of that minute is not replaced. */
  enterEnd(minute: number, what: 'produced' | 'letters', count: bigint): void {
    const ends = this.#ends.get(minute) ?? {};
    if (ends[what] === undefined) this.#ends.set(minute, { ...ends, [what]: count });
  }

  /**
   * For how many minutes records have waited while none was consumed; 0 while the group moves or nothing waits.
   * @param now milliseconds since 1970
   */
  stuckMinutes(now: number): number {
    const last = minuteOf(now);
    const at = (minute: number): { done: bigint; lag: bigint } | null => {
      const { produced, lag } = this.#ends.get(minute) ?? {};
      return produced === undefined || lag === undefined ? null : { done: produced - lag, lag };
    };
    const end = at(last) ?? at(last - 1);
    if (end === null || end.lag <= 0n) return 0;
    let minutes = 0;
    for (let minute = last - 1; minute > last - MINUTES; minute -= 1) {
      const before = at(minute);
      if (before === null || before.lag <= 0n || before.done < end.done) break;
      minutes += 1;
    }
    return minutes;
  }

  /** @param rows how many were loaded, by minute; null: the warehouse was not asked */
  minutes(now: number, rows: ReadonlyMap<number, number> | null): readonly FlowMinute[] {
    const last = minuteOf(now);
    return Array.from({ length: MINUTES }, (_, index) => {
      const minute = last - MINUTES + 1 + index;
      return {
        minute,
        produced: this.#during(minute, 'produced'),
        letters: this.#during(minute, 'letters'),
        rows: rows === null ? null : (rows.get(minute) ?? 0),
        lag: numberOf(this.#ends.get(minute)?.lag),
      };
    });
  }

  #during(minute: number, what: 'produced' | 'letters'): number | null {
    const [before, after] = [this.#ends.get(minute - 1)?.[what], this.#ends.get(minute)?.[what]];
    if (before === undefined || after === undefined) return null;
    // A topic that was made anew begins again at zero.
    return after < before ? Number(after) : Number(after - before);
  }
}

const numberOf = (count: bigint | undefined): number | null => (count === undefined ? null : Number(count));

/** Several contracts together: a minute of which any is unknown is known as far as the others are. */
export function sumOfFlows(flows: readonly (readonly FlowMinute[])[]): readonly FlowMinute[] {
  const [first = []] = flows;
  return first.map(({ minute }, index) => {
    const all = flows.flatMap((flow) => flow[index] ?? []);
    const sum = (what: 'produced' | 'letters' | 'rows' | 'lag'): number | null => {
      const known = all.flatMap((each) => each[what] ?? []);
      return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
    };
    return { minute, produced: sum('produced'), letters: sum('letters'), rows: sum('rows'), lag: sum('lag') };
  });
}

/** What the minutes add up to; null where none is known. */
export function totalOf(flow: readonly FlowMinute[], what: 'produced' | 'letters' | 'rows'): number | null {
  const known = flow.flatMap((each) => each[what] ?? []);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
}
