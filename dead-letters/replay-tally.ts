import type { ZonerError } from '#core/errors.ts';
import type { KnownLetter } from '#dead-letters/letter-book.ts';
import type { Sender } from '#dead-letters/sender.ts';
import { MAX_ATTEMPTS } from '#dead-letters/settle.ts';
import type { ProvedLetter } from '#dead-letters/survey.ts';

/** Letters that would be refused again, by why. */
export interface StillFailing {
  readonly code: string;
  readonly reason: string;
  readonly letters: number;
}

/** What a replay has done, or would do. */
export interface ReplayReport {
  readonly run: string;
  /** Letters that the filter chose. */
  readonly chosen: number;
  /** Of these: those that would be rows now. */
  readonly passing: number;
  readonly stillFailing: readonly StillFailing[];
  /** Those that were refused too often, and are parked instead. */
  readonly wornOut: number;
  readonly sent: number;
  readonly resolved: number;
  readonly failedAgain: number;
  /** Sent, and nothing was heard of them. */
  readonly waiting: number;
  readonly parked: number;
  /** Different keys of which later records may be rows already. */
  readonly keysOutOfOrder: number;
  /** Why the run ended before its end; null if it did not. */
  readonly stopped: ZonerError | null;
}

/** Reasons are few; should they not be, the rest is counted under the code alone. */
const MAX_REASONS = 100;
const MAX_KEYS = 100_000;

/** Counts letters as they are proved. */
export class ReplayTally {
  readonly #deps: { readonly run: string; readonly committed: ReadonlyMap<number, bigint> };
  readonly #failing = new Map<string, { code: string; reason: string; letters: number }>();
  readonly #keys = new Set<string>();
  /** Ids of letters that are to be parked. */
  readonly wornOut: string[] = [];
  #chosen = 0;
  #passing = 0;
  #toSend = 0;
  #parked = 0;
  #sender: Pick<Sender, 'sent' | 'outcomes'> | null = null;

  constructor(deps: { readonly run: string; readonly committed: ReadonlyMap<number, bigint> }) {
    this.#deps = deps;
  }

  /** How many were chosen to be sent. */
  get chosen(): number {
    return this.#toSend;
  }

  /** @returns what is to be done with the letter */
  add({ known, verdict }: ProvedLetter): 'send' | 'park' | 'leave' {
    this.#chosen += 1;
    if (isWornOut(known)) {
      this.wornOut.push(known.id);
      return 'park';
    }
    if (verdict.kind === 'passes') {
      this.#passing += 1;
      return 'send';
    }
    if (verdict.kind === 'fails') this.#fail(verdict.code, verdict.reason);
    else this.#fail('SKIPPED', 'a record without a value is no row');
    return 'leave';
  }

  choose(letters: readonly ProvedLetter[]): void {
    this.#toSend += letters.length;
    for (const { record, letter } of letters) {
      const committed = this.#deps.committed.get(letter.source.partition) ?? 0n;
      const isLate = letter.source.offset + 1n < committed;
      if (record.key !== null && isLate && this.#keys.size < MAX_KEYS)
        this.#keys.add(Buffer.from(record.key).toString('base64'));
    }
  }

  /** From now on, what has been sent counts as well. */
  follow(sender: Pick<Sender, 'sent' | 'outcomes'>): void {
    this.#sender = sender;
  }

  parked(count: number): void {
    this.#parked += count;
  }

  report(stopped: ZonerError | null = null): ReplayReport {
    const sender = this.#sender;
    return {
      run: this.#deps.run,
      chosen: this.#chosen,
      passing: this.#passing,
      stillFailing: [...this.#failing.values()].sort((a, b) => b.letters - a.letters),
      wornOut: this.wornOut.length,
      sent: sender?.sent ?? 0,
      resolved: sender?.outcomes.resolved ?? 0,
      failedAgain: sender?.outcomes.failedAgain.length ?? 0,
      waiting: sender?.outcomes.waiting ?? 0,
      parked: this.#parked,
      keysOutOfOrder: this.#keys.size,
      stopped,
    };
  }

  #fail(code: string, reason: string): void {
    const key = this.#failing.size < MAX_REASONS ? `${code} ${reason}` : code;
    const before = this.#failing.get(key);
    if (before === undefined) this.#failing.set(key, { code, reason, letters: 1 });
    else before.letters += 1;
  }
}

/** Whether a letter was refused as often as it may be. */
export function isWornOut({ attempts, parkAt }: Pick<KnownLetter, 'attempts' | 'parkAt'>): boolean {
  return attempts >= (parkAt ?? MAX_ATTEMPTS);
}
