import type { ColumnDefinition } from '#snowflake/local/ast.ts';
import { missingObject, SqlError } from '#snowflake/local/sql-error.ts';
import type { SqlType } from '#snowflake/local/sql-type.ts';

/** `physical` is the name in DuckDB: it never changes, and it does not fold its case. */
export interface CatalogColumn extends ColumnDefinition {
  readonly physical: string;
  /** Files of before there were policies and tags have neither. */
  readonly policy?: ObjectName | null;
  readonly tags?: readonly { readonly tag: ObjectName; readonly value: string }[];
}

export type ObjectName = readonly [database: string, schema: string, name: string];

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

export interface CatalogTag {
  readonly kind: 'tag';
  readonly name: ObjectName;
  readonly allowed: readonly string[] | null;
  readonly comment: string | null;
  readonly owner?: string;
}

/** A masking policy over one column. */
export interface CatalogPolicy {
  readonly kind: 'policy';
  readonly name: ObjectName;
  readonly argument: string;
  readonly type: SqlType;
  readonly body: string;
  readonly comment: string | null;
  readonly owner?: string;
  /** Set where a role does not see the policy: it holds for that role all the same. */
  readonly isHidden?: true;
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

export type CatalogEntry =
  | CatalogTable
  | CatalogView
  | CatalogTag
  | CatalogPolicy
  | CatalogPlace
  | CatalogRole;

/** Everything that exists, by `entryKey`. */
export type Catalog = ReadonlyMap<string, CatalogEntry>;

export const INFORMATION_SCHEMA = 'INFORMATION_SCHEMA';

export function keyOf(name: readonly string[]): string {
  return JSON.stringify(name);
}

/** Snowflake keeps tables and views in one namespace, and tags and policies in one each. */
export function entryKey({ kind, name }: Pick<CatalogEntry, 'kind' | 'name'>): string {
  return kind === 'tag' || kind === 'policy' ? keyOf([kind, ...name]) : keyOf(name);
}

/** A name of three parts. @throws SqlError if it is not written out */
export function threeParts(name: readonly string[]): ObjectName {
  const [database = '', schema = '', object = ''] = fullName(name);
  return [database, schema, object];
}

/** @throws SqlError if there is none */
export function findPolicy(catalog: Catalog, name: readonly string[]): CatalogPolicy {
  const found = catalog.get(entryKey({ kind: 'policy', name: threeParts(name) }));
  if (found?.kind === 'policy') return found;
  throw missingObject('Masking policy', name.join('.'));
}

/** @throws SqlError if there is none */
export function findTag(catalog: Catalog, name: readonly string[]): CatalogTag {
  const found = catalog.get(entryKey({ kind: 'tag', name: threeParts(name) }));
  if (found?.kind === 'tag') return found;
  throw missingObject('Tag', name.join('.'));
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
