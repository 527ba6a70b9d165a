import { type Place, qualified } from '#snowflake/names.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/**
 * The identities of a table's rows that came from one topic, and how many rows carry each.
 * @param since only rows of records written since then, in milliseconds since 1970
 */
export async function readRowIdentities(
  warehouse: Warehouse,
  place: Place,
  table: string,
  topic: string,
  since?: number,
): Promise<readonly { readonly partition: number; readonly offset: bigint; readonly rows: number }[]> {
  const { rows } = await warehouse.execute(
    `SELECT "_PARTITION"::VARCHAR AS P, "_OFFSET"::VARCHAR AS O, COUNT(*)::VARCHAR AS N FROM ${qualified(place, table)}
WHERE "_TOPIC" = ?${since === undefined ? '' : ' AND "_TIMESTAMP" >= ?::TIMESTAMP_TZ'} GROUP BY "_PARTITION", "_OFFSET"`,
    [topic, ...(since === undefined ? [] : [new Date(since).toISOString()])],
  );
  return rows.map(([partition, offset, count]) => ({
    partition: Number(partition),
    offset: BigInt(offset ?? 0),
    rows: Number(count),
  }));
}
