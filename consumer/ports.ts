/** What a consumer needs of the outside world. Adapters: `kafka/`, `registry/`, `snowflake/`, `recommendations/`. */
import type { AvroSchema } from '#avro/model.ts';
import type { Contract } from '#contract/contract.ts';
import type { Headers } from '#producer/ports.ts';

/** What consuming needs of a contract: the part that stands in generated code, too. */
export type ConsumedContract = Pick<
  Contract,
  'name' | 'topic' | 'subject' | 'acceptSubjects' | 'partitions' | 'root' | 'fingerprint'
>;

/** Fields may be computed when they are read: take them by name, since a spread of a record copies none of those. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since 1970. */
  readonly timestamp: bigint;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /**
   * Where the value stands among other bytes, from `start` to before `end`, so that whoever decodes millions makes no view
   * of each. Absent where only `value` is there; `end` is below `start` where the value is null.
   */
  readonly source?: Uint8Array;
  readonly start?: number;
  readonly end?: number;
  /** As the client gave them; see `exactHeaders`. */
  readonly headers: Headers;
}

/** Consecutive records of one partition, delivered together. */
export interface Batch {
  readonly topic: string;
  readonly partition: number;
  /**
   * Ascending offsets; gaps are normal (compaction, transaction markers). Empty where only markers and records of aborted
   * transactions stand before `end`: there is nothing to do but to commit that.
   */
  readonly records: readonly KafkaRecord[];
  /** The offset after the batch, where something follows its last record unseen; absent: the one after that record. */
  readonly end?: bigint;
  /** Aborts when the partition is taken away or the consumer stops: finish nothing more, commit nothing. */
  readonly signal: AbortSignal;
  /**
   * Everything below `next` is done. Refuses once the signal has aborted. `metadata` stands beside the offset until the
   * next commit.
   * @throws ZonerError LEASE_LOST, KAFKA_UNAVAILABLE
   */
  commit(next: bigint, metadata?: string): Promise<void>;
  /** Stops the delivery of this partition until the run ends; what was not committed comes again after that. */
  pause(): void;
}

export interface RunOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Where to begin instead, by topic and partition, for a group that commits nothing. */
  readonly from?: ReadonlyMap<string, ReadonlyMap<number, bigint>>;
  /**
   * Called for one batch of a partition at a time, for several partitions at once. The transport keeps the membership
   * alive meanwhile, however long it takes. A rejection after the signal aborted is ignored and the batch comes again;
   * any other rejection is a bug and ends the run through `onFatal`.
   */
  onBatch(batch: Batch): Promise<void>;
  onFatal(error: unknown): void;
}

export interface ConsumerTransport {
  /** False: order across header names and null values are lost by this client. Names are text to all of them. */
  readonly exactHeaders: boolean;
  /** Joins the group, from its committed offsets or the beginning. Resolves when the first assignment is known. */
  run(options: RunOptions): Promise<Subscription>;
}

export interface Subscription {
  /**
   * Starts no more batches; gives the running ones this long to finish and commit (default none), then aborts their
   * signals, waits for their callbacks, and leaves the group.
   */
  stop(drainMs?: number): Promise<void>;
}

/** `[low, high)`: the offsets that the broker retains. */
export interface OffsetRange {
  readonly low: bigint;
  readonly high: bigint;
}

export interface TopicOffsets {
  /** By partition. @throws ZonerError TOPIC_MISSING, KAFKA_UNAVAILABLE */
  ranges(topic: string): Promise<ReadonlyMap<number, OffsetRange>>;
  /** By partition; a partition without a committed offset is absent. */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint>>;
  /** The metadata beside the committed offsets, by partition; a partition without any is absent. */
  commitMetadata(group: string, topic: string): Promise<ReadonlyMap<number, string>>;
  clusterId(): Promise<string>;
}

export interface TopicTimes {
  /**
   * By partition, the offset of the first record that was written at this time or later; where there is none, the end.
   * @param timestamp milliseconds since 1970
   * @throws ZonerError TOPIC_MISSING, KAFKA_UNAVAILABLE
   */
  since(topic: string, timestamp: bigint): Promise<ReadonlyMap<number, bigint>>;
}

/** What the registry says of a schema id that was found in a frame. */
export type WriterSchema =
  | { readonly kind: 'schema'; readonly schema: AvroSchema; readonly subjects: readonly string[] }
  | { readonly kind: 'unknown' }
  /** Registered, but its text is no Avro schema that Zoner can parse. */
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface WriterSchemas {
  /**
   * One answer for each id. Subjects that hold none of `accepted` are asked for again when they are older than half a
   * minute: a schema may be registered for one more subject at any time.
   * @throws ZonerError REGISTRY_UNAVAILABLE, REGISTRY_AUTH: nothing is known, hold.
   */
  lookUp(ids: Iterable<number>, accepted?: ReadonlySet<string>): Promise<ReadonlyMap<number, WriterSchema>>;
}

/** Where a record came from first; a replayed record carries it in its `dlt.src.*` headers. */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: bigint;
  /** The headers that it had there, if they may be others than the record's now. */
  readonly headers?: Headers;
}

/** A record that keeps its contract, decoded to the contract's reader schema. */
export interface AcceptedRecord {
  readonly record: KafkaRecord;
  readonly origin: Origin;
  readonly schemaId: number;
  /** In the value form of the reader schema. */
  readonly value: unknown;
}

export interface WriteResult {
  readonly inserted: number;
  /** Were there already, with the same bytes: a redelivery. */
  readonly present: number;
  /** Could not be written whatever is tried, each for a reason of its own; all others are durable. Absent: none. */
  readonly refused?: readonly SinkRefusal[];
}

/** A record whose values the sink has no room for. The reason names the place and never the value. */
export interface SinkRefusal {
  readonly accepted: AcceptedRecord;
  /** VALUE_INVALID: known before it was sent. DATA_REFUSED: the warehouse said so. HANDLER_REFUSED: the application did. */
  readonly code: 'VALUE_INVALID' | 'DATA_REFUSED' | 'HANDLER_REFUSED';
  readonly reason: string;
}

export interface RecordSink {
  /**
   * Resolves when every record is durable or refused for good; writing the same records again changes nothing.
   * @throws ZonerError IDENTITY_REUSED: another record has this identity already. Any other: nothing is known, hold.
   */
  write(records: readonly AcceptedRecord[], signal: AbortSignal): Promise<WriteResult>;
}

/** The rows of one table that records of a topic have become, to be written again with what is decoded now. */
export interface RowRewriter {
  /** By `topic/partition/offset` of these origins, the SHA-256 of the value whose row stands there; absent: no row. */
  hashes(origins: readonly Origin[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Writes all columns anew that the records fill, except the identity, the hash, and when the row was written first.
   * Only for records whose rows are there, each once. @returns those for which the warehouse has no room
   */
  rewrite(records: readonly AcceptedRecord[]): Promise<readonly SinkRefusal[]>;
}
