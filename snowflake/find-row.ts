import { type Place, qualified } from '#snowflake/names.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/** What a row says of itself, without the values of its record. */
export interface FoundRow {
  /** When it was written first, in milliseconds since 1970. */
  readonly loadedAt: number;
  /** The record's timestamp, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly schemaId: number;
  /** SHA-256 of the record's value, hex. */
  readonly valueSha256: string;
}

/** The rows of one identity: none, one, or by a defect more. @throws ZonerError as the warehouse */
export async function findRows(
  warehouse: Warehouse,
  place: Place,
  table: string,
  {
    topic,
    partition,
    offset,
  }: { readonly topic: string; readonly partition: number; readonly offset: bigint },
): Promise<readonly FoundRow[]> {
  const { rows } = await warehouse.execute(
    `SELECT DATE_PART(EPOCH_SECOND, "_LOADED_AT") AS L, DATE_PART(EPOCH_SECOND, "_TIMESTAMP") AS T, "_SCHEMA_ID" AS S, "_VALUE_SHA256" AS V FROM ${qualified(place, table)}
WHERE "_TOPIC" = ? AND "_PARTITION" = ?::NUMBER(10,0) AND "_OFFSET" = ?::NUMBER(19,0)`,
    [topic, String(partition), String(offset)],
  );
  return rows.map(([loadedAt, timestamp, schemaId, valueSha256]) => ({
    loadedAt: Number(loadedAt) * 1000,
    timestamp: Number(timestamp) * 1000,
    schemaId: Number(schemaId),
    valueSha256: valueSha256 ?? '',
  }));
}
