import { isZonerError } from '#core/errors.ts';
import { literal, type Place, qualified } from '#snowflake/names.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/** How many rows were loaded in each minute, numbered since 1970; minutes without any are absent. */
export type RowsByMinute = ReadonlyMap<number, number>;

/** Tables that one statement asks: far below what Snowflake takes, and few enough for one answer to stay small. */
const MOST_TABLES = 50;

/**
 * How many rows came into each of these tables, minute by minute. The warehouse counts: what comes back is a line a table
 * and minute, however many rows there are. A table that is not there is absent.
 * @param since milliseconds since 1970
 * @throws ZonerError as the warehouse
 */
export async function readRowsByMinute(
  warehouse: Warehouse,
  place: Place,
  tables: readonly string[],
  since: number,
): Promise<ReadonlyMap<string, RowsByMinute>> {
  const found = new Map<string, Map<number, number>>();
  for (let at = 0; at < tables.length; at += MOST_TABLES) {
    for (const [table, minutes] of await readSome(
      warehouse,
      place,
      tables.slice(at, at + MOST_TABLES),
      since,
    ))
      found.set(table, minutes);
  }
  return found;
}

type Counted = Map<string, Map<number, number>>;

async function readSome(
  warehouse: Warehouse,
  place: Place,
  tables: readonly string[],
  since: number,
): Promise<Counted> {
  const from = new Date(since).toISOString();
  try {
    const { rows } = await warehouse.execute(
      tables.map((table) => countOf(place, table)).join('\nUNION ALL\n'),
      tables.map(() => from),
    );
    const found: Counted = new Map(tables.map((table) => [table, new Map()]));
    for (const [table, minute, count] of rows) found.get(table ?? '')?.set(Number(minute), Number(count));
    return found;
  } catch (error) {
    if (!isZonerError(error, 'TABLE_MISSING')) throw error;
    // The statement does not say which one is missing: each half is asked by itself.
    if (tables.length === 1) return new Map();
    const half = Math.ceil(tables.length / 2);
    const first = await readSome(warehouse, place, tables.slice(0, half), since);
    return new Map([...first, ...(await readSome(warehouse, place, tables.slice(half), since))]);
  }
}

function countOf(place: Place, table: string): string {
  const minute = `FLOOR(DATE_PART(EPOCH_SECOND, "_LOADED_AT") / 60)`;
  return `SELECT ${literal(table)} AS T, ${minute} AS M, COUNT(*) AS N FROM ${qualified(place, table)} WHERE "_LOADED_AT" >= ?::TIMESTAMP_TZ GROUP BY ${minute}`;
}
