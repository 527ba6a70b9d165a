import type { RefusedRecord } from '#consumer/outcome.ts';
import { partition, schemaIdsOf } from '#consumer/partition.ts';
import type { KafkaRecord, WriterSchemas } from '#consumer/ports.ts';
import type { Reader } from '#consumer/reader.ts';

/** Where a record stands, and when it was written. */
export interface Mark {
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since 1970. */
  readonly timestamp: bigint;
}

export interface IdCount {
  /** Null for records without a frame. */
  readonly schemaId: number | null;
  readonly records: number;
  readonly refused: number;
  readonly first: Mark;
  readonly last: Mark;
}

export interface RefusalCause {
  readonly schemaId: number | null;
  readonly code: string;
  /** Why and where, without values. */
  readonly reason: string;
  readonly records: number;
  readonly newest: Mark;
  /** Some of them. */
  readonly sample: readonly Mark[];
}

/** What the proposed reader would do with all that a topic retains. */
export interface TopicVerdict {
  readonly topic: string;
  readonly records: number;
  readonly refused: number;
  readonly skipped: number;
  readonly ids: readonly IdCount[];
  readonly causes: readonly RefusalCause[];
  /** Refusals that are counted above and told in no cause, because there are too many different ones. */
  readonly otherRefusals: number;
}

/** Garbage can hold as many ids and causes as records: memory stays flat by keeping the first so many. */
const MAX_KINDS = 1000;

/** Counts batches of records as they come; the order of partitions does not matter. */
export class TopicTally {
  readonly #ids = new Map<number | null, { -readonly [Key in keyof IdCount]: IdCount[Key] }>();
  readonly #causes = new Map<string, { -readonly [Key in keyof RefusalCause]: RefusalCause[Key] }>();
  #records = 0;
  #refused = 0;
  #skipped = 0;
  #otherRefusals = 0;
  readonly #deps: { readonly reader: Reader; readonly writers: WriterSchemas; readonly sample: number };

  /** @param deps `sample`: how many places are kept of each cause */
  constructor(deps: { readonly reader: Reader; readonly writers: WriterSchemas; readonly sample: number }) {
    this.#deps = deps;
  }

  get records(): number {
    return this.#records;
  }

  /** @throws ZonerError REGISTRY_UNAVAILABLE, REGISTRY_AUTH */
  async add(records: readonly KafkaRecord[]): Promise<void> {
    const { reader, writers } = this.#deps;
    const { subject, acceptSubjects } = reader.contract;
    const known = await writers.lookUp(schemaIdsOf(records), new Set([subject, ...acceptSubjects]));
    const { accepted, refused, skipped } = partition(records, known, reader);
    this.#records += records.length;
    this.#skipped += skipped.length;
    for (const { record, schemaId } of accepted) this.#count(schemaId, record, 0);
    for (const each of refused) {
      this.#refused += 1;
      this.#count(each.schemaId, each.record, 1);
      this.#blame(each);
    }
  }

  close(): TopicVerdict {
    const byCount = (a: { records: number }, b: { records: number }): number => b.records - a.records;
    return {
      topic: this.#deps.reader.contract.topic,
      records: this.#records,
      refused: this.#refused,
      skipped: this.#skipped,
      ids: [...this.#ids.values()].sort(byCount),
      causes: [...this.#causes.values()].sort(byCount),
      otherRefusals: this.#otherRefusals,
    };
  }

  #count(schemaId: number | null, record: KafkaRecord, refused: number): void {
    const mark = markOf(record);
    const known = this.#ids.get(schemaId);
    if (known !== undefined) {
      known.records += 1;
      known.refused += refused;
      if (mark.timestamp < known.first.timestamp) known.first = mark;
      if (mark.timestamp >= known.last.timestamp) known.last = mark;
    } else if (this.#ids.size < MAX_KINDS) {
      this.#ids.set(schemaId, { schemaId, records: 1, refused, first: mark, last: mark });
    }
  }

  #blame({ schemaId, code, reason, record }: RefusedRecord): void {
    const key = `${schemaId} ${code} ${reason}`;
    const mark = markOf(record);
    const known = this.#causes.get(key);
    if (known !== undefined) {
      known.records += 1;
      if (mark.timestamp >= known.newest.timestamp) known.newest = mark;
      if (known.sample.length < this.#deps.sample) known.sample = [...known.sample, mark];
    } else if (this.#causes.size < MAX_KINDS) {
      const sample = this.#deps.sample > 0 ? [mark] : [];
      this.#causes.set(key, { schemaId, code, reason, records: 1, newest: mark, sample });
    } else this.#otherRefusals += 1;
  }
}

function markOf({ partition: number, offset, timestamp }: KafkaRecord): Mark {
  return { partition: number, offset, timestamp };
}
