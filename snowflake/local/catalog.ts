import type { ColumnDefinition } from '#snowflake/local/ast.ts';
import { missingObject, SqlError } from '#snowflake/local/sql-error.ts';

export interface CatalogTable {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
  readonly comment: string | null;
}

export interface Catalog {
  readonly databases: ReadonlySet<string>;
  /** `DATABASE.SCHEMA`, each name as it is. */
  readonly schemas: ReadonlySet<string>;
  readonly tables: readonly CatalogTable[];
}

export const INFORMATION_SCHEMA = 'INFORMATION_SCHEMA';

/** The DuckDB schema that stands for a Snowflake schema: DuckDB has two levels where Snowflake has three. */
export function duckdbSchema(database: string, schema: string): string {
  return `${database}.${schema}`;
}

/** @throws SqlError if there is no such table, or the name is not written out in full */
export function findTable(catalog: Catalog, name: readonly string[]): CatalogTable {
  const [database = '', schema = '', table = ''] = fullName(name);
  const found = catalog.tables.find(
    (each) => each.database === database && each.schema === schema && each.name === table,
  );
  if (found === undefined) throw missingObject('Object', name.join('.'));
  return found;
}

/** @throws SqlError for a name that is not written out: this server keeps no current schema */
export function fullName(name: readonly string[], length = 3): readonly string[] {
  if (name.length === length) return name;
  throw new SqlError(
    '090105',
    '22000',
    `Cannot perform operation: write ${name.join('.')} with its database and schema.`,
  );
}
