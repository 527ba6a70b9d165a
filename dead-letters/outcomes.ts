import type { LetterBook } from '#dead-letters/letter-book.ts';

/** What has become of the records that a run has sent. */
export class Outcomes {
  readonly #book: LetterBook;
  /** By id: its attempts when it was sent. */
  readonly #waiting = new Map<string, number>();
  readonly #failedAgain: string[] = [];
  #resolved = 0;

  constructor(book: LetterBook) {
    this.#book = book;
  }

  /** To be told before it is sent: the outcome may be there before the send has answered. */
  sent(id: string, attempts: number): void {
    this.#waiting.set(id, attempts);
  }

  /** Something changed about this letter. */
  hear(id: string): void {
    const attempts = this.#waiting.get(id);
    const known = attempts === undefined ? null : this.#book.of(id);
    if (attempts === undefined || known === null) return;
    if (known.state === 'resolved') this.#resolved += 1;
    else if (known.attempts > attempts) this.#failedAgain.push(id);
    else return;
    this.#waiting.delete(id);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get resolved(): number {
    return this.#resolved;
  }

  /** Ids that were refused again. */
  get failedAgain(): readonly string[] {
    return this.#failedAgain;
  }

  /** How many outcomes are known. */
  get known(): number {
    return this.#resolved + this.#failedAgain.length;
  }

  /** The share of known outcomes that are another refusal. */
  get failedShare(): number {
    return this.known === 0 ? 0 : this.#failedAgain.length / this.known;
  }
}
