import type { Trial } from '#consumer/find-killers.ts';
import type { FloodBreaker } from '#consumer/flood-breaker.ts';
import type { Hold } from '#consumer/hold.ts';
import type { Partitioned } from '#consumer/outcome.ts';
import type {
  Batch,
  ConsumedContract,
  ConsumerTransport,
  KafkaRecord,
  TopicOffsets,
  WriteResult,
  WriterSchemas,
} from '#consumer/ports.ts';
import type { UnknownWindow } from '#consumer/unknown-window.ts';
import type { ZonerError } from '#core/errors.ts';
import type { ProducerTransport } from '#producer/ports.ts';

/** The outside world of a consumer group. */
export interface ConsumeDeps {
  readonly group: string;
  readonly transport: ConsumerTransport;
  readonly offsets: Pick<TopicOffsets, 'commitMetadata'>;
  readonly writers: WriterSchemas;
  readonly unknownIds: UnknownWindow;
  readonly breaker: FloodBreaker;
  /** Null for a group that counts refused records instead of keeping them: one group a contract writes letters. */
  readonly deadLetters: ProducerTransport | null;
  /**
   * `all`: once a replayed record is done, its letter is resolved, whoever wrote it: the word of the group that keeps the
   * table. `own`: only letters that this group wrote. Default `all`.
   */
  readonly resolves?: 'all' | 'own';
  readonly hold: Hold;
  readonly clusterId: string;
  readonly appVersion: string;
  /** Milliseconds since 1970. */
  now(): bigint;
  /** Decodes these records in another process, and tells which of them end it. */
  findKillers(trial: Trial, signal: AbortSignal): Promise<ReadonlySet<KafkaRecord>>;
  /** Work on a batch begins, and ends however it does. */
  onBegin(batch: Batch): void;
  onEnd(batch: Batch): void;
  /** Told once a batch's rows are durable and its letters acknowledged; of what is redelivered, again. */
  onBatch(contract: ConsumedContract, outcome: Partitioned, written: WriteResult): void;
  /** A topic is stopped until a person has looked at it; the others go on. */
  onPaused(topic: string, why: ZonerError): void;
  onFatal(error: unknown): void;
}
