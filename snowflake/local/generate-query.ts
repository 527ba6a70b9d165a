import type { Expression, Query, Source } from '#snowflake/local/ast.ts';
import {
  type Catalog,
  duckdbSchema,
  findTable,
  fullName,
  INFORMATION_SCHEMA,
} from '#snowflake/local/catalog.ts';
import { generateExpression, orderText, quote } from '#snowflake/local/generate-expression.ts';
import { informationView } from '#snowflake/local/information-schema.ts';
import type { Kind, Scope } from '#snowflake/local/scope.ts';

export interface GeneratedQuery {
  readonly sql: string;
  /** The columns that it gives, for a query around it. */
  readonly columns: ReadonlyMap<string, Kind>;
}

/** DuckDB text of a query. @throws SqlError for names that are not there */
export function generateQuery(query: Query, catalog: Catalog): GeneratedQuery {
  const sources = new Map<string, ReadonlyMap<string, Kind>>();
  let from = '';
  for (const [index, { source, on, left }] of query.from.entries()) {
    const seen: Scope = { sources: new Map(sources), aliases: new Map() };
    const generated = generateSource(source, catalog, seen);
    sources.set(source.alias, generated.columns);
    const joined = { sources, aliases: new Map<string, Kind>() };
    const condition = on === null ? '' : ` ON ${generateExpression(on, joined).sql}`;
    const word = index === 0 ? ' FROM ' : on === null ? ', ' : left ? ' LEFT JOIN ' : ' JOIN ';
    from += `${word}${generated.sql} AS ${quote(source.alias)}${condition}`;
  }
  const { scope, items, columns } = selectItems(query, sources);
  const sqlOf = (each: Expression): string => generateExpression(each, scope).sql;
  const clause = (word: string, each: Expression | null): string =>
    each === null ? '' : ` ${word} ${sqlOf(each)}`;
  const sql = [
    `SELECT ${query.distinct ? 'DISTINCT ' : ''}${items.join(', ')}${from}`,
    clause('WHERE', query.where),
    query.groupBy.length === 0 ? '' : ` GROUP BY ${query.groupBy.map(sqlOf).join(', ')}`,
    clause('HAVING', query.having),
    clause('QUALIFY', query.qualify),
    query.orderBy.length === 0 ? '' : ` ORDER BY ${orderText(query.orderBy, scope)}`,
    query.limit === null ? '' : ` LIMIT ${query.limit}`,
  ].join('');
  return { sql, columns };
}

/** The select list. Later clauses may use its aliases, as in Snowflake. */
function selectItems(query: Query, sources: Scope['sources']) {
  const aliases = new Map<string, Kind>();
  const scope: Scope = { sources, aliases };
  const columns = new Map<string, Kind>();
  const items = query.items.map(({ value, alias }) => {
    const { sql, kind } = generateExpression(value, scope);
    if (value.kind === 'star') {
      const starred =
        value.of === null ? [...sources.values()] : [sources.get(value.of) ?? new Map<string, Kind>()];
      for (const each of starred) for (const [name, column] of each) columns.set(name, column);
      return sql;
    }
    columns.set(alias, kind);
    aliases.set(alias, kind);
    return `${sql} AS ${quote(alias)}`;
  });
  return { scope, items, columns };
}

function generateSource(source: Source, catalog: Catalog, scope: Scope): GeneratedQuery {
  if (source.kind === 'query') {
    const inner = generateQuery(source.query, catalog);
    return { sql: `(${inner.sql})`, columns: inner.columns };
  }
  if (source.kind === 'flatten') {
    const list = `CAST(${generateExpression(source.input, scope).sql} AS JSON[])`;
    return {
      sql: `(SELECT unnest(${list}) AS "VALUE", generate_subscripts(${list}, 1) - 1 AS "INDEX")`,
      columns: new Map<string, Kind>([
        ['VALUE', 'variant'],
        ['INDEX', 'plain'],
      ]),
    };
  }
  const [database = '', schema = '', name = ''] = fullName(source.name);
  if (schema === INFORMATION_SCHEMA) {
    const view = informationView(catalog, database, name);
    return { sql: `(${view.sql})`, columns: new Map(view.columns.map((column) => [column, 'plain'])) };
  }
  const table = findTable(catalog, source.name);
  return {
    sql: `${quote(duckdbSchema(database, schema))}.${quote(name)}`,
    columns: new Map(
      table.columns.map(({ name: column, type }) => [column, type.name === 'VARIANT' ? 'variant' : 'plain']),
    ),
  };
}
