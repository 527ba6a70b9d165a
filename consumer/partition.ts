import { FRAME_BYTES, schemaIdOf } from '#avro/frame.ts';
import { originOf } from '#consumer/origin.ts';
import type {
  Partitioned,
  RefusalCode,
  RefusedRecord,
  SkippedRecord,
  SkipReason,
} from '#consumer/outcome.ts';
import type { AcceptedRecord, KafkaRecord, Origin, WriterSchema } from '#consumer/ports.ts';
import type { Reader } from '#consumer/reader.ts';
import { isZonerError, ZonerError } from '#core/errors.ts';

/** The schema ids that have to be known before `partition` can judge these records. */
export function schemaIdsOf(records: readonly KafkaRecord[]): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const { value } of records) {
    const schemaId = value === null ? 0 : schemaIdOf(value);
    if (schemaId !== 0) ids.add(schemaId);
  }
  return ids;
}

/** Why a record is neither written nor refused, or null. Needs nothing but the record, so an account can repeat it. */
export function skipReason(record: Pick<KafkaRecord, 'value'>): SkipReason | null {
  return record.value === null ? 'tombstone' : null;
}

/**
 * Decides each record's fate: exactly one outcome a record, without I/O. All consumer groups of a contract share it.
 * `writers` must hold every id of `schemaIdsOf(records)`.
 */
export function partition(
  records: readonly KafkaRecord[],
  writers: ReadonlyMap<number, WriterSchema>,
  reader: Reader,
): Partitioned {
  const accepted: AcceptedRecord[] = [];
  const refused: RefusedRecord[] = [];
  const skipped: SkippedRecord[] = [];
  for (const record of records) {
    const reason = skipReason(record);
    if (record.value === null || reason !== null) {
      skipped.push({ record, reason: reason ?? 'tombstone' });
      continue;
    }
    const judged = judgeAt(record, record.value, writers, reader);
    if ('skipped' in judged) skipped.push(judged.skipped);
    else if ('code' in judged) refused.push(judged);
    else accepted.push(judged);
  }
  return { accepted, refused, skipped };
}

function judgeAt(
  record: KafkaRecord,
  bytes: Uint8Array,
  writers: ReadonlyMap<number, WriterSchema>,
  reader: Reader,
): AcceptedRecord | RefusedRecord | { readonly skipped: SkippedRecord } {
  const verdict = originOf(record, reader.contract);
  if (verdict.kind === 'origin') {
    if (reader.erased?.has(verdict.origin) === true) return { skipped: { record, reason: 'erased' } };
    return judge({ record, origin: verdict.origin }, bytes, writers, reader);
  }
  return refuse({ record, origin: record }, 'ORIGIN_INVALID', verdict.reason, null);
}

interface Placed {
  readonly record: KafkaRecord;
  readonly origin: Origin;
}

function judge(
  placed: Placed,
  bytes: Uint8Array,
  writers: ReadonlyMap<number, WriterSchema>,
  reader: Reader,
): AcceptedRecord | RefusedRecord {
  const schemaId = schemaIdOf(bytes);
  if (schemaId === 0) {
    return refuse(placed, 'NO_FRAME', `${bytes.length} bytes without a Confluent frame`, null);
  }
  const writer = writers.get(schemaId);
  if (writer === undefined) throw new Error(`schema id ${schemaId} was not looked up`);
  if (writer.kind === 'unknown') {
    return refuse(placed, 'UNKNOWN_SCHEMA_ID', `the registry holds no schema with id ${schemaId}`, schemaId);
  }
  if (writer.kind === 'unreadable') return refuse(placed, 'WRITER_INCOMPATIBLE', writer.reason, schemaId);
  const { subject, acceptSubjects } = reader.contract;
  if (!writer.subjects.some((name) => name === subject || acceptSubjects.includes(name))) {
    const reason = `schema id ${schemaId} belongs to ${writer.subjects.join(', ') || 'no subject'}, not to ${subject}`;
    return refuse(placed, 'SUBJECT_MISMATCH', reason, schemaId, writer.subjects);
  }
  const decoder = reader.from(schemaId, writer.schema);
  if (decoder instanceof ZonerError) {
    return refuse(placed, 'WRITER_INCOMPATIBLE', decoder.message, schemaId, writer.subjects);
  }
  try {
    const value = decoder.decodeAt(bytes, FRAME_BYTES, bytes.length);
    return { record: placed.record, origin: placed.origin, schemaId, value };
  } catch (error) {
    if (!isZonerError(error, 'UNDECODABLE', 'VALUE_INVALID', 'WRITER_INCOMPATIBLE')) throw error;
    return refuse(placed, error.code as RefusalCode, error.message, schemaId, writer.subjects);
  }
}

function refuse(
  { record, origin }: Placed,
  code: RefusalCode,
  reason: string,
  schemaId: number | null,
  subjects: readonly string[] = [],
): RefusedRecord {
  return { record, origin, code, reason, schemaId, subjects };
}
