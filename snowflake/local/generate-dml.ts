import type { Assignment, Expression, MergeClause, StatementOf } from '#snowflake/local/ast.ts';
import { assign, cast, once, type Typed } from '#snowflake/local/cast.ts';
import { type Catalog, type CatalogColumn, type CatalogTable, findTable } from '#snowflake/local/catalog.ts';
import { generateExpression, quote } from '#snowflake/local/generate-expression.ts';
import { type GeneratedQuery, generateQuery } from '#snowflake/local/generate-query.ts';
import { seenColumns } from '#snowflake/local/masking.ts';
import type { Columns, Scope } from '#snowflake/local/scope.ts';
import { compilationError, invalidIdentifier, raise } from '#snowflake/local/sql-error.ts';
import { duckdbType, TYPES } from '#snowflake/local/sql-type.ts';

/** A statement that writes rows, as DuckDB text. */
export interface GeneratedDml {
  readonly sql: string;
  /** A query that gives a row where Snowflake would refuse the statement for its rows; null if it never would. */
  readonly refusedIf: string | null;
  /** True if it only adds rows, which others may do at the same time. */
  readonly appends: boolean;
  readonly table: CatalogTable;
}

/** A value as the column keeps it: cast, held to its limits, and never NULL where that is forbidden. */
function stored(value: Typed, column: CatalogColumn): string {
  const { sql } = assign(value, column.type, column.name);
  if (column.nullable) return sql;
  const isStruct = column.type.name === 'TIMESTAMP_TZ';
  return isStruct
    ? once(sql, (value) => `CASE WHEN (${value}).n IS NULL THEN ${raise('null')} ELSE ${value} END`)
    : `coalesce(${sql}, ${raise('null')})`;
}

function columnOf(table: CatalogTable, name: string): CatalogColumn {
  const found = table.columns.find((each) => each.name === name);
  if (found === undefined) throw invalidIdentifier(name);
  return found;
}

/** What goes into each column of the table, in order: what is given, and NULL for the rest. */
function fullRow(table: CatalogTable, given: ReadonlyMap<string, Typed>): readonly string[] {
  return table.columns.map((column) =>
    stored(given.get(column.name) ?? { sql: 'NULL', type: TYPES.null }, column),
  );
}

function pair<T>(
  table: CatalogTable,
  names: readonly string[],
  values: readonly T[],
): ReadonlyMap<string, T> {
  if (names.length !== values.length) {
    throw compilationError(
      '002020',
      '22000',
      `Insert value list does not match column list expecting ${names.length} but got ${values.length}`,
    );
  }
  for (const name of names) columnOf(table, name);
  return new Map(names.map((name, index) => [name, values[index] as T]));
}

export function generateInsert(statement: StatementOf<'insert'>, catalog: Catalog): GeneratedDml {
  const table = findTable(catalog, statement.into);
  const names = statement.columns ?? table.columns.map(({ name }) => name);
  const scope: Scope = { sources: new Map(), aliases: new Map() };
  let rows: string;
  if (Array.isArray(statement.source)) {
    const lines = (statement.source as readonly (readonly Expression[])[]).map((line) => {
      const given = pair(
        table,
        names,
        line.map((each) => generateExpression(each, scope)),
      );
      return `(${fullRow(table, given).join(', ')})`;
    });
    rows = `VALUES ${lines.join(', ')}`;
  } else {
    const source = generateQuery(statement.source as StatementOf<'query'>['query'], catalog);
    const given = pair(
      table,
      names,
      source.columns.map(({ physical, type }) => ({ sql: `q.${physical}`, type })),
    );
    rows = `SELECT ${fullRow(table, given).join(', ')} FROM (${source.sql}) AS q`;
  }
  const sql = `INSERT INTO ${quote(table.physical)} (${table.columns.map(({ physical }) => physical).join(', ')}) ${rows}`;
  return { sql, refusedIf: null, appends: true, table };
}

function setText(table: CatalogTable, set: readonly Assignment[], scope: Scope): string {
  return set
    .map(({ column: name, value }) => {
      const column = columnOf(table, name);
      return `${column.physical} = ${stored(generateExpression(value, scope), column)}`;
    })
    .join(', ');
}

function whereText(where: Expression | null, scope: Scope): string {
  return where === null ? '' : ` WHERE ${cast(generateExpression(where, scope), TYPES.boolean).sql}`;
}

export function generateUpdate(statement: StatementOf<'update'>, catalog: Catalog): GeneratedDml {
  const { alias } = statement;
  const table = findTable(catalog, statement.table);
  const scope: Scope = {
    sources: new Map([[alias, seenColumns(table, catalog, quote(alias))]]),
    aliases: new Map(),
  };
  const sql = `UPDATE ${quote(table.physical)} AS ${quote(alias)} SET ${setText(table, statement.set, scope)}${whereText(statement.where, scope)}`;
  return { sql, refusedIf: null, appends: false, table };
}

export function generateDelete(statement: StatementOf<'delete'>, catalog: Catalog): GeneratedDml {
  const { alias } = statement;
  const table = findTable(catalog, statement.table);
  const scope: Scope = {
    sources: new Map([[alias, seenColumns(table, catalog, quote(alias))]]),
    aliases: new Map(),
  };
  const sql = `DELETE FROM ${quote(table.physical)} AS ${quote(alias)}${whereText(statement.where, scope)}`;
  return { sql, refusedIf: null, appends: false, table };
}

/** `MERGE … RETURNING merge_action`: a row for every row that it wrote. */
export function generateMerge(statement: StatementOf<'merge'>, catalog: Catalog): GeneratedDml {
  const table = findTable(catalog, statement.into);
  const source = generateQuery(statement.using.query, catalog);
  const alias = 'zt';
  const given: Columns = new Map(
    source.columns.map(({ name, physical, type }) => [name, { sql: `zs.${physical}`, type }]),
  );
  const scope: Scope = {
    sources: new Map([
      [statement.alias, seenColumns(table, catalog, quote(alias))],
      [statement.using.alias, given],
    ]),
    aliases: new Map(),
  };
  const on = cast(generateExpression(statement.on, scope), TYPES.boolean).sql;
  const clauses = statement.clauses.map((clause) => clauseText(clause, table, scope));
  const head = `${quote(table.physical)} AS ${alias}`;
  const sql = `MERGE INTO ${head} USING (${source.sql}) AS zs ON ${on}\n${clauses.join('\n')}\nRETURNING merge_action`;
  const touches = statement.clauses.some(({ kind }) => kind !== 'insert');
  return {
    sql,
    refusedIf: touches ? duplicates(statement, head, source, on, scope) : null,
    appends: !touches,
    table,
  };
}

function clauseText(clause: MergeClause, table: CatalogTable, scope: Scope): string {
  const and =
    clause.when === null ? '' : ` AND ${cast(generateExpression(clause.when, scope), TYPES.boolean).sql}`;
  if (clause.kind === 'delete') return `WHEN MATCHED${and} THEN DELETE`;
  if (clause.kind === 'update')
    return `WHEN MATCHED${and} THEN UPDATE SET ${setText(table, clause.set, scope)}`;
  const given = pair(
    table,
    clause.columns,
    clause.values.map((each) => generateExpression(each, scope)),
  );
  const columns = table.columns.map(({ physical }) => physical).join(', ');
  return `WHEN NOT MATCHED${and} THEN INSERT (${columns}) VALUES (${fullRow(table, given).join(', ')})`;
}

/** Several source rows for one row to update or delete are an error (ERROR_ON_NONDETERMINISTIC_MERGE). */
function duplicates(
  { clauses }: StatementOf<'merge'>,
  target: string,
  source: GeneratedQuery,
  on: string,
  scope: Scope,
): string {
  const conditions = clauses.flatMap((clause) => {
    if (clause.kind === 'insert') return [];
    return [clause.when === null ? 'TRUE' : cast(generateExpression(clause.when, scope), TYPES.boolean).sql];
  });
  return `SELECT 1 FROM ${target} JOIN (${source.sql}) AS zs ON ${on} WHERE ${conditions.join(' OR ')} GROUP BY zt.rowid HAVING count(*) > 1 LIMIT 1`;
}

/** The DuckDB table of a Snowflake table: no constraints, names that never change. */
export function createTableText({ physical, columns }: CatalogTable): string {
  const list = columns.map((each) => `${each.physical} ${duckdbType(each.type)}`);
  return `CREATE TABLE ${quote(physical)} (${list.join(', ')})`;
}
