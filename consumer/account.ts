import { skipReason } from '#consumer/partition.ts';
import type { KafkaRecord } from '#consumer/ports.ts';

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
  readonly skipped: number;
  /** Offsets with an open dead letter and no row. */
  readonly deadLetters: number;
  /** Offsets in no state: lost, or not consumed yet. */
  readonly gaps: readonly Place[];
  /** Identities with more than one row. */
  readonly doubles: readonly (Place & { readonly rows: number })[];
}

/** What the retained records, the table's identities and the dead letters' origins say together. */
export class Ledger {
  readonly #rows = new Map<string, RowIdentity>();
  readonly #letters = new Set<string>();
  readonly #gaps: Place[] = [];
  #produced = 0;
  #found = 0;
  #skipped = 0;
  #open = 0;

  constructor(rows: Iterable<RowIdentity>, letters: Iterable<Place>) {
    for (const row of rows) this.#rows.set(placeKey(row), row);
    for (const letter of letters) this.#letters.add(placeKey(letter));
  }

  /** Enters one record of the source topic. */
  enter(record: Pick<KafkaRecord, 'partition' | 'offset' | 'value'>): void {
    const key = placeKey(record);
    this.#produced += 1;
    if (this.#rows.has(key)) this.#found += 1;
    else if (skipReason(record) !== null) this.#skipped += 1;
    else if (this.#letters.has(key)) this.#open += 1;
    else this.#gaps.push({ partition: record.partition, offset: record.offset });
  }

  /** The books after all records were entered. */
  close(): Account {
    return {
      produced: this.#produced,
      rows: this.#found,
      skipped: this.#skipped,
      deadLetters: this.#open,
      gaps: this.#gaps,
      doubles: [...this.#rows.values()].filter(({ rows }) => rows > 1),
    };
  }
}

/** True if nothing is missing and nothing is there twice. */
export function isReconciled({ gaps, doubles }: Account): boolean {
  return gaps.length === 0 && doubles.length === 0;
}

function placeKey({ partition, offset }: Place): string {
  return `${partition}/${offset}`;
}
