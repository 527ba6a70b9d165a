import type { ErasedPlaces } from '#consumer/erased-places.ts';
import { skipReason } from '#consumer/partition.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import type { KnownLetter, LetterState } from '#dead-letters/letter-book.ts';

/** One identity of the source topic as the table holds it. */
export interface RowIdentity {
  readonly partition: number;
  readonly offset: bigint;
  /** How many rows carry it; more than one is a double. */
  readonly rows: number;
}

export interface Place {
  readonly partition: number;
  readonly offset: bigint;
}

/** The books of one topic: every offset in exactly one state, the first that holds. */
export interface Account {
  readonly produced: number;
  readonly rows: number;
  /** Offsets whose record was erased, and of which nothing is left but what the topic still retains. */
  readonly erased: number;
  readonly parked: number;
  readonly discarded: number;
  readonly skipped: number;
  /** Offsets with an open dead letter. */
  readonly deadLetters: number;
  /** Those of them that were replayed, and of which nothing was heard yet. */
  readonly waiting: number;
  /** Offsets in no state, although the group has gone past them: lost. */
  readonly gaps: readonly Place[];
  /** Offsets in no state that the group has not come to yet. */
  readonly unread: number;
  /** Identities with more than one row. */
  readonly doubles: readonly (Place & { readonly rows: number })[];
  /** Offsets that were erased and are rows, because an erasure has not come to its end or the topic was read again. */
  readonly returned: readonly Place[];
  /** Letters whose record is a row, although the ledger does not say so. */
  readonly unmarked: readonly KnownLetter[];
}

/** What the retained records, the table's identities and the dead letters say together. */
export class Books {
  readonly #rows = new Map<string, RowIdentity>();
  readonly #letters = new Map<string, LetterState>();
  readonly #unmarked: KnownLetter[] = [];
  readonly #gaps: Place[] = [];
  readonly #returned: Place[] = [];
  readonly #erased: ErasedPlaces | null;
  readonly #counts = {
    produced: 0,
    rows: 0,
    erased: 0,
    parked: 0,
    discarded: 0,
    skipped: 0,
    deadLetters: 0,
    waiting: 0,
    unread: 0,
  };
  readonly #committed: ReadonlyMap<number, bigint>;

  /**
   * @param letters those of this topic
   * @param committed up to where the group that writes the rows has come, by partition
   * @param erased records that were erased; null for none
   */
  constructor(
    rows: Iterable<RowIdentity>,
    letters: Iterable<KnownLetter>,
    committed: ReadonlyMap<number, bigint>,
    erased: ErasedPlaces | null = null,
  ) {
    this.#erased = erased;
    this.#committed = committed;
    for (const row of rows) this.#rows.set(placeKey(row), row);
    for (const letter of letters) {
      const key = placeOfId(letter.id);
      this.#letters.set(key, letter.state);
      const isUndecided = letter.state === 'open' || letter.state === 'waiting';
      if (isUndecided && this.#rows.has(key)) this.#unmarked.push(letter);
    }
  }

  /** Enters one record of the source topic. */
  enter(record: Pick<KafkaRecord, 'partition' | 'offset' | 'value'>): void {
    const key = placeKey(record);
    const state = this.#letters.get(key);
    this.#counts.produced += 1;
    const isErased = this.#erased?.has(record) === true;
    if (this.#rows.has(key)) {
      this.#counts.rows += 1;
      if (isErased) this.#returned.push({ partition: record.partition, offset: record.offset });
    } else if (isErased) this.#counts.erased += 1;
    else if (state === 'parked') this.#counts.parked += 1;
    else if (state === 'discarded') this.#counts.discarded += 1;
    else if (skipReason(record) !== null) this.#counts.skipped += 1;
    else if (state === 'open' || state === 'waiting') {
      this.#counts.deadLetters += 1;
      if (state === 'waiting') this.#counts.waiting += 1;
    } else if (record.offset >= (this.#committed.get(record.partition) ?? 0n)) this.#counts.unread += 1;
    else this.#gaps.push({ partition: record.partition, offset: record.offset });
  }

  /** The books after all records were entered. */
  close(): Account {
    return {
      ...this.#counts,
      gaps: this.#gaps,
      returned: this.#returned,
      doubles: [...this.#rows.values()].filter(({ rows }) => rows > 1),
      unmarked: this.#unmarked,
    };
  }
}

/** True if nothing is missing, nothing is there twice or again, and all of it has been read. */
export function isReconciled({ gaps, unread, doubles, returned }: Account): boolean {
  return gaps.length === 0 && unread === 0 && doubles.length === 0 && returned.length === 0;
}

/** Whether a letter's id names a record of this topic: `<cluster>/<topic>/<partition>/<offset>`. */
export function isOfTopic(id: string, topic: string): boolean {
  return id.split('/').at(-3) === topic;
}

function placeOfId(id: string): string {
  return id.split('/').slice(-2).join('/');
}

function placeKey({ partition, offset }: Place): string {
  return `${partition}/${offset}`;
}
