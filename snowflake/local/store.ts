import type { DuckDBConnection } from '@duckdb/node-api';
import { type Catalog, type CatalogEntry, entryKey } from '#snowflake/local/catalog.ts';
import { textLiteral } from '#snowflake/local/generate-expression.ts';

const TABLE = 'zoner_catalog';

/** The catalog, kept in a DuckDB table beside the data: a change of both is one transaction. */
export async function readCatalog(connection: DuckDBConnection): Promise<Map<string, CatalogEntry>> {
  await connection.run(`CREATE TABLE IF NOT EXISTS ${TABLE} (key VARCHAR NOT NULL, entry VARCHAR NOT NULL)`);
  const reader = await connection.runAndReadAll(`SELECT key, entry FROM ${TABLE}`);
  return new Map(
    reader.getRows().map(([key, entry]) => [String(key), JSON.parse(String(entry)) as CatalogEntry]),
  );
}

/** What DDL does to the catalog: entries to write, keys to forget. */
export interface CatalogChange {
  readonly put: readonly CatalogEntry[];
  readonly remove: readonly string[];
}

/** The statements that write a change down. */
export function changeStatements({ put, remove }: CatalogChange): readonly string[] {
  const keys = [...remove, ...put.map(entryKey)];
  return [
    ...keys.map((key) => `DELETE FROM ${TABLE} WHERE key = ${textLiteral(key)}`),
    ...put.map((entry) => {
      return `INSERT INTO ${TABLE} VALUES (${textLiteral(entryKey(entry))}, ${textLiteral(JSON.stringify(entry))})`;
    }),
  ];
}

export function applyChange(catalog: Map<string, CatalogEntry>, { put, remove }: CatalogChange): void {
  for (const key of remove) catalog.delete(key);
  for (const entry of put) catalog.set(entryKey(entry), entry);
}

/** A number for a new DuckDB table that none had before. */
export function nextPhysical(catalog: Catalog): number {
  const numbers = [...catalog.values()].map((each) =>
    each.kind === 'table' ? Number(each.physical.slice(1)) : 0,
  );
  return Math.max(0, ...numbers) + 1;
}
