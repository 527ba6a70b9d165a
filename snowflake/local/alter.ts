import type { Alteration } from '#snowflake/local/ast.ts';
import {
  type Catalog,
  type CatalogColumn,
  type CatalogTable,
  findPolicy,
  findTag,
} from '#snowflake/local/catalog.ts';
import { quote } from '#snowflake/local/generate-expression.ts';
import { requireTagValue } from '#snowflake/local/policy-ddl.ts';
import { compilationError, invalidIdentifier, type SqlError } from '#snowflake/local/sql-error.ts';
import { duckdbType, type SqlType, typeText } from '#snowflake/local/sql-type.ts';

/** What an alteration does: the table after it, and what DuckDB has to do and to be asked. */
export interface Altered {
  readonly table: CatalogTable;
  readonly statements: readonly string[];
  /** A query, and the refusal if it gives a row. */
  readonly refusals: readonly { readonly ifRows: string; readonly error: SqlError }[];
}

/**
 * ALTER TABLE as Snowflake allows it ("ALTER TABLE" and "ALTER TABLE … ALTER COLUMN" in its SQL reference).
 * @throws SqlError for what it refuses whatever the rows are
 */
export function alterTable(table: CatalogTable, change: Alteration, catalog: Catalog): Altered {
  switch (change.kind) {
    case 'add':
      return addColumns(table, change);
    case 'drop':
      return dropColumns(table, change);
    case 'rename-column': {
      columnOf(table, change.from);
      if (table.columns.some(({ name }) => name === change.to)) throw alreadyExists(change.to);
      return only(changed(table, change.from, { name: change.to }));
    }
    case 'set-type':
      return setType(table, columnOf(table, change.column), change.type);
    case 'set-not-null':
      return setNotNull(table, columnOf(table, change.column));
    case 'drop-not-null':
      columnOf(table, change.column);
      return only(changed(table, change.column, { nullable: true }));
    case 'comment':
      columnOf(table, change.column);
      return only(changed(table, change.column, { comment: change.comment }));
    case 'set-policy':
      return setPolicy(table, columnOf(table, change.column), change, catalog);
    case 'unset-policy':
      columnOf(table, change.column);
      return only(changed(table, change.column, { policy: null }));
    case 'set-tag':
    case 'unset-tag':
      return only(changed(table, change.column, { tags: tagsAfter(table, change, catalog) }));
  }
}

const only = (table: CatalogTable): Altered => ({ table, statements: [], refusals: [] });

function columnOf(table: CatalogTable, name: string): CatalogColumn {
  const found = table.columns.find((each) => each.name === name);
  if (found === undefined) throw compilationError('000904', '42000', `invalid identifier '${name}'`);
  return found;
}

function changed(table: CatalogTable, name: string, change: Partial<CatalogColumn>): CatalogTable {
  return {
    ...table,
    columns: table.columns.map((each) => (each.name === name ? { ...each, ...change } : each)),
  };
}

function alreadyExists(name: string): SqlError {
  return compilationError('001430', '42601', `column '${name}' already exists`);
}

function addColumns(table: CatalogTable, change: Extract<Alteration, { kind: 'add' }>): Altered {
  const columns = [...table.columns];
  const statements: string[] = [];
  const refusals: { ifRows: string; error: SqlError }[] = [];
  let next = Math.max(-1, ...columns.map(({ physical }) => Number(physical.slice(1)))) + 1;
  for (const column of change.columns) {
    if (columns.some(({ name }) => name === column.name)) {
      if (change.ifNotExists) continue;
      throw alreadyExists(column.name);
    }
    const physical = `c${next}`;
    next += 1;
    columns.push({ ...column, physical });
    statements.push(`ALTER TABLE ${quote(table.physical)} ADD COLUMN ${physical} ${duckdbType(column.type)}`);
    if (!column.nullable) {
      const what = `Non-nullable column '${column.name}' cannot be added to non-empty table '${table.name[2]}' unless it has a non-null default value.`;
      refusals.push({
        ifRows: `SELECT 1 FROM ${quote(table.physical)} LIMIT 1`,
        error: compilationError('002108', '22000', what),
      });
    }
  }
  return { table: { ...table, columns }, statements, refusals };
}

function dropColumns(table: CatalogTable, change: Extract<Alteration, { kind: 'drop' }>): Altered {
  const unknown = change.columns.filter((name) => table.columns.every((each) => each.name !== name));
  if (unknown[0] !== undefined && !change.ifExists) throw invalidIdentifier(unknown[0]);
  const dropped = table.columns.filter(({ name }) => change.columns.includes(name));
  const columns = table.columns.filter((each) => !dropped.includes(each));
  if (columns.length === 0) throw compilationError('002079', '42601', 'a table needs at least one column');
  const statements = dropped.map(
    ({ physical }) => `ALTER TABLE ${quote(table.physical)} DROP COLUMN ${physical}`,
  );
  return { table: { ...table, columns }, statements, refusals: [] };
}

/** A longer text and a number with more digits are fine; fewer digits if the values fit; nothing else. */
function setType(table: CatalogTable, column: CatalogColumn, type: SqlType): Altered {
  const { type: from, name } = column;
  const what = `cannot change column ${name} from type ${typeText(from)} to ${typeText(type)}`;
  if (typeText(from) === typeText(type)) return only(table);
  if (from.name !== type.name) throw compilationError('002108', '22000', what);
  const [size = 0, before = 0] = [type.size ?? 0, from.size ?? 0];
  if (from.name === 'TEXT') {
    if (size < before)
      throw compilationError(
        '040050',
        '22000',
        `${what} because reducing the byte-length of a varchar is not supported.`,
      );
    return only(changed(table, name, { type }));
  }
  if (from.name !== 'NUMBER') throw compilationError('002108', '22000', what);
  if (from.scale !== type.scale) {
    const why = `${what} because changing the scale of a number is not supported.`;
    throw compilationError('040052', '22000', why);
  }
  const after = changed(table, name, { type });
  if (size >= before) return only(after);
  const limit = '1'.padEnd(size - (type.scale ?? 0) + 1, '0');
  const ifRows = `SELECT 1 FROM ${quote(table.physical)} WHERE abs(${column.physical}) >= ${limit} LIMIT 1`;
  // That Snowflake refuses it is documented, its code is not.
  const error = compilationError('002108', '22000', `${what} because the values of the column do not fit.`);
  return { table: after, statements: [], refusals: [{ ifRows, error }] };
}

/** A policy's type counts without its length and digits; another policy is replaced only with FORCE. */
function setPolicy(
  table: CatalogTable,
  column: CatalogColumn,
  { policy: name, force }: Extract<Alteration, { kind: 'set-policy' }>,
  catalog: Catalog,
): Altered {
  const policy = findPolicy(catalog, name);
  if (policy.type.name !== column.type.name) {
    const what = `COLUMN data type ${typeText(column.type)} does not match with masking policy data type ${policy.type.name}.`;
    throw compilationError('003521', '42601', what);
  }
  const before = column.policy ?? null;
  if (before !== null && before.join('.') !== policy.name.join('.') && !force) {
    const what =
      'Specified column already attached to another masking policy. A column cannot be attached to multiple masking policies. Please drop the current association in order to attach a new masking policy.';
    throw compilationError('003529', '42601', what);
  }
  return only(changed(table, column.name, { policy: policy.name }));
}

function tagsAfter(
  table: CatalogTable,
  change: Extract<Alteration, { kind: 'set-tag' | 'unset-tag' }>,
  catalog: Catalog,
): NonNullable<CatalogColumn['tags']> {
  const tag = findTag(catalog, change.tag);
  const { tags = [] } = columnOf(table, change.column);
  const others = tags.filter((each) => each.tag.join('.') !== tag.name.join('.'));
  if (change.kind === 'unset-tag') return others;
  requireTagValue(tag, change.value);
  return [...others, { tag: tag.name, value: change.value }];
}

const SEMI_STRUCTURED = new Set(['VARIANT']);

function setNotNull(table: CatalogTable, column: CatalogColumn): Altered {
  const from = quote(table.physical);
  const isVariant = SEMI_STRUCTURED.has(column.type.name);
  const value = column.type.name === 'TIMESTAMP_TZ' ? `${column.physical}.n` : column.physical;
  const ifRows = isVariant
    ? `SELECT 1 FROM ${from} LIMIT 1`
    : `SELECT 1 FROM ${from} WHERE ${value} IS NULL LIMIT 1`;
  const what = `Column '${column.name}' contains null values. Not null constraint cannot be added.`;
  const error = compilationError('001471', '42601', what);
  return {
    table: changed(table, column.name, { nullable: false }),
    statements: [],
    refusals: [{ ifRows, error }],
  };
}
