import type { Decoder } from '#avro/decoder.ts';
import { FRAME_BYTES, schemaIdAt, schemaIdOf } from '#avro/frame.ts';
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
  let last = 0;
  for (const record of records) {
    const { source, start = 0, end = 0 } = record;
    const schemaId =
      source === undefined ? schemaIdOf(record.value ?? NOTHING) : schemaIdAt(source, start, end);
    // Most records were written with the schema of the one before.
    if (schemaId === last) continue;
    last = schemaId;
    if (schemaId !== 0) ids.add(schemaId);
  }
  return ids;
}

const NOTHING = new Uint8Array(0);

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
  const decoders = new Decoders(writers, reader);
  for (const record of records) {
    const judged = judge(record, decoders, reader);
    if ('code' in judged) refused.push(judged);
    else if ('reason' in judged) skipped.push(judged);
    else accepted.push(judged);
  }
  return { accepted, refused, skipped };
}

type Judged = AcceptedRecord | RefusedRecord | SkippedRecord;

function judge(record: KafkaRecord, decoders: Decoders, reader: Reader): Judged {
  // Where the record says in which bytes its value stands, no view of it is made.
  const bytes = record.source ?? record.value;
  if (bytes === null) return { record, reason: 'tombstone' };
  const { start = 0, end = bytes.length } = record;
  if (end < start) return { record, reason: 'tombstone' };
  const verdict = originOf(record, reader.contract);
  if (verdict.kind === 'invalid') return refuse(record, record, 'ORIGIN_INVALID', verdict.reason);
  const { origin } = verdict;
  if (reader.erased?.has(origin) === true) return { record, reason: 'erased' };
  const schemaId = schemaIdAt(bytes, start, end);
  if (schemaId === 0)
    return refuse(record, origin, 'NO_FRAME', `${end - start} bytes without a Confluent frame`);
  const decoder = decoders.of(schemaId);
  if ('code' in decoder) return { record, origin, ...decoder };
  try {
    return { record, origin, schemaId, value: decoder.decodeAt(bytes, start + FRAME_BYTES, end) };
  } catch (error) {
    if (!isZonerError(error, 'UNDECODABLE', 'VALUE_INVALID', 'WRITER_INCOMPATIBLE')) throw error;
    const subjects = decoders.subjectsOf(schemaId);
    return refuse(record, origin, error.code as RefusalCode, error.message, schemaId, subjects);
  }
}

/** Why no record with this schema id can be read. */
type Unreadable = Pick<RefusedRecord, 'code' | 'reason' | 'schemaId' | 'subjects'>;

/** What the schema ids of one batch mean. */
class Decoders {
  readonly #writers: ReadonlyMap<number, WriterSchema>;
  readonly #reader: Reader;
  readonly #known = new Map<number, Decoder | Unreadable>();

  constructor(writers: ReadonlyMap<number, WriterSchema>, reader: Reader) {
    this.#writers = writers;
    this.#reader = reader;
  }

  of(schemaId: number): Decoder | Unreadable {
    const known = this.#known.get(schemaId) ?? this.#find(schemaId);
    this.#known.set(schemaId, known);
    return known;
  }

  subjectsOf(schemaId: number): readonly string[] {
    const writer = this.#writers.get(schemaId);
    return writer?.kind === 'schema' ? writer.subjects : [];
  }

  #find(schemaId: number): Decoder | Unreadable {
    const writer = this.#writers.get(schemaId);
    if (writer === undefined) throw new Error(`schema id ${schemaId} was not looked up`);
    const subjects = this.subjectsOf(schemaId);
    const unreadable = (code: RefusalCode, reason: string): Unreadable => ({
      code,
      reason,
      schemaId,
      subjects,
    });
    if (writer.kind === 'unknown')
      return unreadable('UNKNOWN_SCHEMA_ID', `the registry holds no schema with id ${schemaId}`);
    if (writer.kind === 'unreadable') return unreadable('WRITER_INCOMPATIBLE', writer.reason);
    const { subject, acceptSubjects } = this.#reader.contract;
    if (!subjects.some((name) => name === subject || acceptSubjects.includes(name))) {
      const owner = subjects.join(', ') || 'no subject';
      return unreadable('SUBJECT_MISMATCH', `schema id ${schemaId} belongs to ${owner}, not to ${subject}`);
    }
    const decoder = this.#reader.from(schemaId, writer.schema);
    return decoder instanceof ZonerError ? unreadable('WRITER_INCOMPATIBLE', decoder.message) : decoder;
  }
}

function refuse(
  record: KafkaRecord,
  origin: Origin,
  code: RefusalCode,
  reason: string,
  schemaId: number | null = null,
  subjects: readonly string[] = [],
): RefusedRecord {
  return { record, origin, code, reason, schemaId, subjects };
}
