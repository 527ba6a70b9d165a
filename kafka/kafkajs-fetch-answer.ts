import type { AbortedTransaction } from '#kafka/record-batches.ts';

/** What a broker answers of one partition. */
export interface Answer {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: bigint;
  readonly aborted: readonly AbortedTransaction[];
  readonly preferredReadReplica: number;
  /** The record batches as they came, in the bytes of the answer. */
  readonly bytes: Buffer;
}

export interface FetchAnswer {
  readonly throttleMs: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly Answer[] }[];
}

/** Reads an answer field by field as Kafka's protocol guide lists "Fetch Response (Version: 11)". */
export function readFetchAnswer(bytes: Buffer): FetchAnswer {
  const reader = new Reader(bytes);
  return {
    throttleMs: reader.int32(),
    errorCode: reader.int16(),
    sessionId: reader.int32(),
    topics: reader.array(() => ({
      topic: reader.text(),
      partitions: reader.array(() => readPartition(reader)),
    })),
  };
}

function readPartition(reader: Reader): Answer {
  const [partition, errorCode, highWatermark] = [reader.int32(), reader.int16(), reader.int64()];
  // Of the last stable offset and the first one of the log nobody here asks.
  reader.int64();
  reader.int64();
  const aborted = reader.array(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }));
  return {
    partition,
    errorCode,
    highWatermark,
    aborted,
    preferredReadReplica: reader.int32(),
    bytes: reader.bytes(reader.int32()),
  };
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#passing(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#passing(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#passing(8));
  }

  text(): string {
    return this.bytes(this.int16()).toString('utf8');
  }

  /** None where the length is -1, which stands for null. */
  bytes(length: number): Buffer {
    const start = this.#passing(Math.max(0, length));
    return this.#bytes.subarray(start, this.#at);
  }

  array<Item>(item: () => Item): readonly Item[] {
    return Array.from({ length: Math.max(0, this.int32()) }, item);
  }

  #passing(count: number): number {
    this.#at += count;
    return this.#at - count;
  }
}
