import { headerReader } from '#consumer/origin.ts';
import type { KafkaRecord, Origin } from '#consumer/ports.ts';

/** What a dead letter says of itself, read back from its headers. It holds nothing of the key and the value. */
export interface Letter {
  /** `<cluster>/<topic>/<partition>/<offset>` of the record. */
  readonly id: string;
  /** Where the letter stands on the dead letter topic. */
  readonly at: LetterPlace;
  /** When the letter was written: from then on it ages. Milliseconds since 1970. */
  readonly writtenAt: bigint;
  readonly source: Origin;
  readonly code: string;
  readonly firstCode: string;
  /** Why, without field values. */
  readonly reason: string;
  readonly stage: string | null;
  readonly schemaId: number | null;
  /** Under which the schema id was registered when the record was refused. */
  readonly subjects: readonly string[];
  /** How often the record was refused. */
  readonly attempts: number;
  readonly firstFailedAt: bigint;
  readonly lastFailedAt: bigint;
  /** The run that sent the record again last; null if none has. */
  readonly run: string | null;
  readonly group: string | null;
  readonly appVersion: string | null;
  /** Of the trace that the record belongs to; null if it named none. */
  readonly traceId: string | null;
}

export interface LetterPlace {
  readonly partition: number;
  readonly offset: bigint;
}

/** The facts of a record on a dead letter topic, or null if Zoner did not write it. */
export function readLetter(record: Omit<KafkaRecord, 'topic'>): Letter | null {
  const header = headerReader(record);
  const count = (name: string): bigint | null => countOf(header(name));
  const [id, topic] = [header('dlt.id'), header('dlt.src.topic')];
  const [partition, offset] = [count('dlt.src.partition'), count('dlt.src.offset')];
  if (id === null || topic === null || partition === null || offset === null) return null;
  const code = header('dlt.code') ?? 'UNKNOWN';
  const schemaId = count('dlt.schema.id');
  return {
    id,
    at: { partition: record.partition, offset: record.offset },
    writtenAt: record.timestamp,
    source: {
      topic,
      partition: Number(partition),
      offset,
      timestamp: BigInt(header('dlt.src.timestamp')?.match(/^-?\d{1,19}$/)?.[0] ?? record.timestamp),
    },
    code,
    firstCode: header('dlt.first.code') ?? code,
    reason: header('dlt.error.message') ?? '',
    stage: header('dlt.stage'),
    schemaId: schemaId === null ? null : Number(schemaId),
    subjects: header('dlt.schema.subject')?.split(',') ?? [],
    attempts: Math.max(1, Number(count('dlt.attempts') ?? 1n)),
    firstFailedAt: count('dlt.first.failed.at') ?? record.timestamp,
    lastFailedAt: count('dlt.last.failed.at') ?? record.timestamp,
    run: header('dlt.replay.id'),
    group: header('dlt.group'),
    appVersion: header('dlt.app.version'),
    traceId: header('dlt.trace.id'),
  };
}

/** The field that a reason names before its colon, such as `UserActivity.activity`; null where it names none. */
export function placeOf({ reason }: Pick<Letter, 'reason'>): string | null {
  return /^([\p{L}_$][\p{L}\p{N}_$.[\]{}]*): /u.exec(reason)?.[1] ?? null;
}

function countOf(text: string | null): bigint | null {
  return text !== null && /^\d{1,19}$/.test(text) ? BigInt(text) : null;
}
