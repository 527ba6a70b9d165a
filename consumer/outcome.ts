import type { AcceptedRecord, KafkaRecord, Origin } from '#consumer/ports.ts';
import type { ErrorCode } from '#core/errors.ts';

/** Why a record can be refused for good. */
export const REFUSAL_CODES = [
  'NO_FRAME',
  'UNKNOWN_SCHEMA_ID',
  'SUBJECT_MISMATCH',
  'WRITER_INCOMPATIBLE',
  'UNDECODABLE',
  'VALUE_INVALID',
  'DATA_REFUSED',
  'HANDLER_REFUSED',
  'ORIGIN_INVALID',
  'PROCESS_KILLER',
] as const satisfies readonly ErrorCode[];

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** A record that breaks its contract, and why. The reason holds no field values. */
export interface RefusedRecord {
  readonly record: KafkaRecord;
  /** Where the record came from first: of a replayed one, the place that its headers name. */
  readonly origin: Origin;
  readonly code: RefusalCode;
  readonly reason: string;
  /** Null where the record has no frame. */
  readonly schemaId: number | null;
  /** The subjects under which the id is registered; empty where that is unknown. */
  readonly subjects: readonly string[];
}

/** A record that means nothing to write, or that was erased: counted, and computed again by `reconcile`. */
export interface SkippedRecord {
  readonly record: KafkaRecord;
  readonly reason: SkipReason;
}

export type SkipReason = 'tombstone' | 'erased';

/** What becomes of the records of one batch: each is in exactly one list, in the batch's order. */
export interface Partitioned {
  readonly accepted: readonly AcceptedRecord[];
  readonly refused: readonly RefusedRecord[];
  readonly skipped: readonly SkippedRecord[];
}
