import type { ColumnDefinition } from '#snowflake/local/ast.ts';
import { missingObject, SqlError } from '#snowflake/local/sql-error.ts';

/** `physical` is the name in DuckDB: it never changes, and it does not fold its case. */
export interface CatalogColumn extends ColumnDefinition {
  readonly physical: string;
}

export interface CatalogTable {
  readonly kind: 'table';
  readonly name: readonly [database: string, schema: string, name: string];
  /** The name in DuckDB. */
  readonly physical: string;
  readonly columns: readonly CatalogColumn[];
  readonly comment: string | null;
  /** The role that made it; absent for whoever may do everything. */
  readonly owner?: string;
}

export interface CatalogView {
  readonly kind: 'view';
  readonly name: readonly [database: string, schema: string, name: string];
  readonly columns: readonly ColumnDefinition[];
  readonly comment: string | null;
  /** The statement that made it. */
  readonly text: string;
  readonly owner?: string;
  /**
   * Set where a role sees a view that it does not own: what the view reads, it reads with the rights of its owner, out of
   * this catalog; and its text is hidden.
   */
  readonly reads?: Catalog;
}

export interface CatalogPlace {
  readonly kind: 'database' | 'schema';
  readonly name: readonly string[];
}

export interface Privilege {
  /** `SELECT`, `CREATE TABLE`… */
  readonly privilege: string;
  readonly on: readonly string[];
}

export interface CatalogRole {
  readonly kind: 'role';
  readonly name: readonly ['', 'role', name: string];
  readonly grants: readonly Privilege[];
}

export type CatalogEntry = CatalogTable | CatalogView | CatalogPlace | CatalogRole;

/** Everything that exists, by kind-free key: Snowflake keeps tables and views in one namespace. */
export type Catalog = ReadonlyMap<string, CatalogEntry>;

export const INFORMATION_SCHEMA = 'INFORMATION_SCHEMA';

export function keyOf(name: readonly string[]): string {
  return JSON.stringify(name);
}

/** The table or view of this name. @throws SqlError if there is none, or the name is not written out in full */
export function findObject(catalog: Catalog, name: readonly string[]): CatalogTable | CatalogView {
  const found = catalog.get(keyOf(fullName(name)));
  if (found?.kind === 'table' || found?.kind === 'view') return found;
  throw missingObject('Object', name.join('.'));
}

/** @throws SqlError if it is none */
export function findTable(catalog: Catalog, name: readonly string[]): CatalogTable {
  const found = findObject(catalog, name);
  if (found.kind === 'table') return found;
  throw new SqlError(
    '002003',
    '42S02',
    `SQL compilation error:\nTable '${name.join('.')}' does not exist or not authorized.`,
  );
}

/** @throws SqlError if the schema, or for a schema its database, is not there */
export function requirePlace(catalog: Catalog, name: readonly string[]): void {
  if (name.length > 0 && !catalog.has(keyOf(name)))
    throw missingObject(name.length === 1 ? 'Database' : 'Schema', name.join('.'));
}

/** What a session has named as its own when it signed in. */
export type CurrentSchema = readonly [database: string, schema: string];

/** A name of a table or view, written out as far as the session's own database and schema say. */
export function inCurrent(name: readonly string[], current: CurrentSchema | null): readonly string[] {
  return current === null || name.length > 3 ? name : [...current.slice(0, 3 - name.length), ...name];
}

/** @throws SqlError for a name that is not written out */
export function fullName(name: readonly string[], length = 3): readonly string[] {
  if (name.length === length) return name;
  throw new SqlError(
    '090105',
    '22000',
    `Cannot perform operation. This session does not have a current database: write ${name.join('.')} in full.`,
  );
}
