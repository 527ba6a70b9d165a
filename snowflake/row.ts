import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { type Json, toJson } from '#avro/json-form.ts';
import type { RecordSchema } from '#avro/model.ts';
import type { AcceptedRecord, KafkaRecord } from '#consumer/ports.ts';
import { instantProblem, rangeProblem, rowProblem } from '#snowflake/row-range.ts';
import type { Table } from '#snowflake/table.ts';

/** A row as the MERGE reads it: the record's JSON form with the metadata beside it. */
export interface Row {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly sha256: string;
  /** The whole row as JSON text. */
  readonly json: string;
}

/** Why a record can be no row: a value that the warehouse has no room for. Says where, and never what. */
export interface NoRow {
  readonly reason: string;
}

/**
 * The row of a record, or why there can be none. Pure, so that what the warehouse would refuse is known beforehand.
 * @param loadedAt ISO instant
 */
export function rowOf(
  table: Table,
  schema: RecordSchema,
  accepted: AcceptedRecord,
  loadedAt: string,
): Row | NoRow {
  const { record, origin, schemaId, value } = accepted;
  const { topic, partition, offset } = origin;
  const late = instantProblem(origin.timestamp);
  if (late !== null) return { reason: `_TIMESTAMP: ${late}` };
  const sha256 = hash('sha256', record.value ?? '');
  const members = {
    ...(toJson(schema, value) as { readonly [key: string]: Json }),
    _TOPIC: topic,
    _PARTITION: partition,
    _OFFSET: String(offset),
    _TIMESTAMP: new Date(Number(origin.timestamp)).toISOString(),
    _KEY: keyText(record.key),
    _HEADERS: headersJson(origin.headers ?? record.headers),
    _SCHEMA_ID: schemaId,
    _VALUE_SHA256: sha256,
    _LOADED_AT: loadedAt,
  };
  for (const { name, sql, member } of table.columns) {
    const problem =
      member === null ? null : rangeProblem(sql, (members as Readonly<Record<string, Json>>)[member]);
    if (problem !== null) return { reason: `${name}: ${problem}` };
  }
  const json = JSON.stringify(members);
  const problem = rowProblem(json);
  if (problem !== null) return { reason: `the row: ${problem}` };
  return { topic, partition, offset, sha256, json };
}

/** `topic/partition/offset` of a row's origin. */
export function identityOf({
  topic,
  partition,
  offset,
}: Pick<Row, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}/${partition}/${offset}`;
}

/** The key as text if it is UTF-8, otherwise `0x` and its bytes in hex. */
export function keyText(key: KafkaRecord['key']): string | null {
  if (key === null) return null;
  return isUtf8(key) ? Buffer.from(key).toString('utf8') : `0x${Buffer.from(key).toString('hex')}`;
}

/** Headers as pairs, because a name may occur twice; what replay added is not the record's own. */
function headersJson(headers: KafkaRecord['headers']): Json {
  const own = headers.filter(([name]) => !name.startsWith('dlt.') && !name.startsWith('__connect.'));
  return own.map(([name, value]) => [name, value === null ? null : headerText(value)]);
}

function headerText(value: Uint8Array): string {
  return isUtf8(value) ? Buffer.from(value).toString('utf8') : Buffer.from(value).toString('base64');
}
