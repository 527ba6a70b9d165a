import type { KafkaRecord } from '#consumer/ports.ts';
import { RecordCursor } from '#kafka/record-cursor.ts';
import type { Headers } from '#producer/ports.ts';

/** What the records of one record batch share. */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  /** Its records one behind the other, not compressed any more. */
  readonly bytes: Buffer;
  readonly baseOffset: bigint;
  /** Milliseconds since 1970: what the records' own times are distances from. */
  readonly baseTimestamp: bigint;
}

const NONE: Headers = [];

/**
 * A record that is still bytes. What is asked for is made when it is asked for, because most of a record is for nobody: a
 * decoder reads the value where it stands, and views, big integers and headers of millions would be most of the work.
 */
export class FetchedRecord implements KafkaRecord {
  readonly #batch: RecordBatch;
  readonly #offsetDelta: number;
  readonly #timestampDelta: number;
  /** Where the key begins, with its length. */
  readonly #keyAt: number;
  readonly start: number;
  /** Below `start` where the value is null. */
  readonly end: number;
  #value: Buffer | null = null;

  constructor(
    batch: RecordBatch,
    offsetDelta: number,
    timestampDelta: number,
    keyAt: number,
    start: number,
    end: number,
  ) {
    this.#batch = batch;
    this.#offsetDelta = offsetDelta;
    this.#timestampDelta = timestampDelta;
    this.#keyAt = keyAt;
    this.start = start;
    this.end = end;
  }

  get topic(): string {
    return this.#batch.topic;
  }

  get partition(): number {
    return this.#batch.partition;
  }

  get offset(): bigint {
    return this.#batch.baseOffset + BigInt(this.#offsetDelta);
  }

  get timestamp(): bigint {
    return this.#batch.baseTimestamp + BigInt(this.#timestampDelta);
  }

  get source(): Buffer {
    return this.#batch.bytes;
  }

  get key(): Buffer | null {
    return new RecordCursor(this.#batch.bytes, this.#keyAt).bytes();
  }

  get value(): Buffer | null {
    if (this.end < this.start) return null;
    this.#value ??= this.#batch.bytes.subarray(this.start, this.end);
    return this.#value;
  }

  get headers(): Headers {
    const cursor = new RecordCursor(this.#batch.bytes, Math.max(this.start, this.end));
    const count = cursor.varint();
    if (count === 0) return NONE;
    return Array.from({ length: count }, () => [String(cursor.bytes() ?? ''), cursor.bytes()] as const);
  }
}
