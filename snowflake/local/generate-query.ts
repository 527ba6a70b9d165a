import type { Expression, Query, Select, Source } from '#snowflake/local/ast.ts';
import { cast, sameType, type Typed } from '#snowflake/local/cast.ts';
import {
  type Catalog,
  type CatalogView,
  type CurrentSchema,
  findObject,
  fullName,
  INFORMATION_SCHEMA,
  inCurrent,
} from '#snowflake/local/catalog.ts';
import { generateExpression, orderText, quote } from '#snowflake/local/generate-expression.ts';
import { informationView } from '#snowflake/local/information-schema.ts';
import { seenColumns } from '#snowflake/local/masking.ts';
import { parseStatement } from '#snowflake/local/parse-statement.ts';
import { referencesOf } from '#snowflake/local/policy-views.ts';
import type { Columns, Scope } from '#snowflake/local/scope.ts';
import { compilationError } from '#snowflake/local/sql-error.ts';
import { type SqlType, TYPES } from '#snowflake/local/sql-type.ts';

export interface OutputColumn {
  readonly name: string;
  readonly type: SqlType;
  /** The name in the generated text: DuckDB folds case, so Snowflake's names cannot stand there. */
  readonly physical: string;
}

export interface GeneratedQuery {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
}

/** What a FROM clause can name: the catalog, and the common table expressions around it. */
interface World {
  readonly catalog: Catalog;
  readonly common: ReadonlyMap<string, GeneratedQuery>;
  readonly current: CurrentSchema | null;
}

/**
 * DuckDB text of a query.
 * @param current what short names are of; null: all have to be written in full
 * @throws SqlError for names that are not there, and what does not fit
 */
export function generateQuery(
  query: Query,
  catalog: Catalog,
  current: CurrentSchema | null = null,
): GeneratedQuery {
  return generate(query, { catalog, common: new Map(), current });
}

function generate(query: Query, outer: World): GeneratedQuery {
  const common = new Map(outer.common);
  const world = { ...outer, common };
  for (const { name, query: inner } of query.with) common.set(name, generate(inner, world));
  const parts = query.selects.map((select) => generateSelect(select, world));
  const first = parts[0];
  if (first === undefined) throw new Error('a query has a SELECT');
  const single = parts.length === 1 && query.orderBy.length === 0;
  const { sql, columns } = parts.length === 1 ? first : unite(parts);
  const tail = `${query.limit === null ? '' : ` LIMIT ${query.limit}`}${query.offset === null ? '' : ` OFFSET ${query.offset}`}`;
  if (single) return { sql: `${sql}${tail}`, columns };
  const order = parts.length === 1 ? first.orderBy(query) : orderOfUnion(query, columns);
  return { sql: `${sql}${order}${tail}`, columns };
}

function unite(parts: readonly GeneratedQuery[]): GeneratedQuery {
  const widths = new Set(parts.map(({ columns }) => columns.length));
  if (widths.size > 1)
    throw compilationError('001789', '42601', 'invalid number of result columns for set operator');
  const columns = (parts[0]?.columns ?? []).map((column, index) => {
    const values = parts.map((part) => ({ sql: 'NULL', type: part.columns[index]?.type ?? TYPES.text }));
    return { ...column, type: sameType(values)[0]?.type ?? column.type };
  });
  const sql = parts.map((part) => {
    const items = part.columns.map(({ physical, type }, index) => {
      const target = columns[index];
      const value =
        target === undefined || (target.type.name === type.name && target.type.scale === type.scale)
          ? physical
          : cast({ sql: physical, type }, target.type).sql;
      return `${value} AS ${target?.physical}`;
    });
    return `SELECT ${items.join(', ')} FROM (${part.sql})`;
  });
  return { sql: sql.join(' UNION ALL '), columns };
}

function orderOfUnion(query: Query, columns: readonly OutputColumn[]): string {
  if (query.orderBy.length === 0) return '';
  const aliases = new Map(columns.map(({ name, type, physical }) => [name, { sql: physical, type }]));
  return ` ORDER BY ${orderText(query.orderBy, { sources: new Map(), aliases })}`;
}

interface GeneratedSelect extends GeneratedQuery {
  orderBy(query: Query): string;
}

function generateSelect(select: Select, world: World): GeneratedSelect {
  const sources = new Map<string, Columns>();
  let from = '';
  for (const [index, { source, on, left }] of select.from.entries()) {
    const seen: Scope = { sources: new Map(sources), aliases: new Map() };
    const { sql, columns } = generateSource(source, world, seen);
    const alias = quote(`s${index}.${source.alias}`);
    sources.set(
      source.alias,
      new Map(columns.map(({ name, type, physical }) => [name, { sql: `${alias}.${physical}`, type }])),
    );
    const condition = on === null ? '' : ` ON ${generateExpression(on, { sources, aliases: new Map() }).sql}`;
    const word = index === 0 ? ' FROM ' : on === null ? ', ' : left ? ' LEFT JOIN ' : ' JOIN ';
    from += `${word}${sql} AS ${alias}${condition}`;
  }
  const { scope, items, columns } = selectItems(select, sources);
  const clause = (word: string, each: Expression | null): string =>
    each === null ? '' : ` ${word} ${cast(generateExpression(each, scope), TYPES.boolean).sql}`;
  const groups = select.groupBy.map((each) => groupText(each, items, scope));
  const sql = [
    `SELECT ${select.distinct ? 'DISTINCT ' : ''}${items.map(({ sql: text }, index) => `${text} AS o${index}`).join(', ')}${from}`,
    clause('WHERE', select.where),
    groups.length === 0 ? '' : ` GROUP BY ${groups.join(', ')}`,
    clause('HAVING', select.having),
    clause('QUALIFY', select.qualify),
  ].join('');
  const output = new Map(columns.map(({ name, type, physical }) => [name, { sql: physical, type }]));
  const ordered = { ...scope, aliases: output, aliasesFirst: true };
  const orderBy = ({ orderBy: orders }: Query): string =>
    orders.length === 0 ? '' : ` ORDER BY ${orderText(orders, ordered)}`;
  return { sql, columns, orderBy };
}

/** `GROUP BY 2` means the second item. */
function groupText(each: Expression, items: readonly Typed[], scope: Scope): string {
  if (each.kind !== 'number') return generateExpression(each, scope).sql;
  const item = items[Number(each.text) - 1];
  if (item === undefined)
    throw compilationError('000979', '42601', `GROUP BY ${each.text} is not a position of the select list`);
  return item.sql;
}

/** The select list. Later clauses may use its aliases, as in Snowflake. */
function selectItems(select: Select, sources: Scope['sources']) {
  const aliases = new Map<string, Typed>();
  const scope: Scope = { sources, aliases };
  const items: Typed[] = [];
  const columns: OutputColumn[] = [];
  const add = (name: string, item: Typed): void => {
    columns.push({ name, type: item.type, physical: `o${items.length}` });
    items.push(item);
  };
  for (const { value, alias } of select.items) {
    if (value.kind === 'star') {
      const starred =
        value.of === null ? [...sources.values()] : [sources.get(value.of) ?? new Map<string, Typed>()];
      for (const each of starred) for (const [name, column] of each) add(name, column);
      continue;
    }
    const item = generateExpression(value, scope);
    add(alias, item);
    aliases.set(alias, item);
  }
  return { scope, items, columns };
}

const FLATTENED: readonly OutputColumn[] = [
  { name: 'KEY', type: TYPES.text, physical: 'f0' },
  { name: 'INDEX', type: TYPES.integer, physical: 'f1' },
  { name: 'VALUE', type: TYPES.variant, physical: 'f2' },
];

function generateSource(source: Source, world: World, scope: Scope): GeneratedQuery {
  if (source.kind === 'query') {
    const inner = generate(source.query, world);
    return { sql: `(${inner.sql})`, columns: inner.columns };
  }
  if (source.kind === 'flatten') return generateFlatten(source, scope);
  if (source.kind === 'function') return referencesOf(source.name, source.arguments, world.catalog);
  const [name = ''] = source.name;
  const common = source.name.length === 1 ? world.common.get(name) : undefined;
  if (common !== undefined) return { sql: `(${common.sql})`, columns: common.columns };
  const full = fullName(inCurrent(source.name, world.current));
  const [database = '', schema = '', object = ''] = full;
  if (schema === INFORMATION_SCHEMA) return informationView(world.catalog, database, object);
  const found = findObject(world.catalog, full);
  if (found.kind === 'view') return expandView(found, world.catalog);
  const columns = found.columns.map(({ name: column, type, physical }) => ({ name: column, type, physical }));
  if (found.columns.every(({ policy }) => policy === undefined || policy === null))
    return { sql: quote(found.physical), columns };
  const seen = [...seenColumns(found, world.catalog, 'm').values()];
  const items = columns.map(({ physical }, index) => `${seen[index]?.sql} AS ${physical}`);
  return { sql: `(SELECT ${items.join(', ')} FROM ${quote(found.physical)} AS m)`, columns };
}

/** A view is its query, under the names that the view gives: a base column that was dropped since is an error now. */
function expandView(view: CatalogView, catalog: Catalog): GeneratedQuery {
  const statement = parseStatement(view.text);
  if (statement.kind !== 'create-view') throw new Error('a view is made by CREATE VIEW');
  const inner = generateQuery(statement.query, view.reads ?? catalog);
  const columns = inner.columns.map((column, index) => ({
    ...column,
    name: view.columns[index]?.name ?? column.name,
  }));
  return { sql: `(${inner.sql})`, columns };
}

/** A row for each element of an array, in order, or for each member of an object, in order of its key. */
function generateFlatten(
  { input, outer }: Extract<Source, { kind: 'flatten' }>,
  scope: Scope,
): GeneratedQuery {
  const { sql, type } = generateExpression(input, scope);
  if (type.name !== 'VARIANT')
    throw compilationError('001044', '42P13', "Invalid argument types for function 'FLATTEN'");
  const elements = `CASE json_type(j) WHEN 'ARRAY' THEN list_transform(CAST(j AS JSON[]), lambda e, i: {'k': NULL::VARCHAR, 'i': i - 1, 'v': e})
    WHEN 'OBJECT' THEN list_transform(list_sort(json_keys(j)), lambda k: {'k': k, 'i': NULL::BIGINT, 'v': json_extract(j, '$."' || replace(replace(k, '\\', '\\\\'), '"', '\\"') || '"')}) END`;
  const none = outer ? `[{'k': NULL::VARCHAR, 'i': NULL::BIGINT, 'v': NULL::JSON}]` : '[]';
  const text = `(SELECT (e).k AS f0, CAST((e).i AS DECIMAL(38,0)) AS f1, (e).v AS f2 FROM (SELECT unnest(coalesce(${elements}, ${none})) AS e FROM (SELECT ${sql} AS j)))`;
  return { sql: text, columns: FLATTENED };
}
