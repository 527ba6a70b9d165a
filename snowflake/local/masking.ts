import { cast, type Typed } from '#snowflake/local/cast.ts';
import {
  type Catalog,
  type CatalogColumn,
  type CatalogPolicy,
  type CatalogTable,
  findPolicy,
} from '#snowflake/local/catalog.ts';
import { generateExpression } from '#snowflake/local/generate-expression.ts';
import { parseExpression } from '#snowflake/local/parse-expression.ts';
import type { Columns } from '#snowflake/local/scope.ts';
import { compilationError } from '#snowflake/local/sql-error.ts';
import type { SqlType } from '#snowflake/local/sql-type.ts';
import { TokenReader } from '#snowflake/local/token-reader.ts';

/**
 * The columns of a table as a session sees them: behind the masking policy, wherever they stand, in a query as in the WHERE
 * of an UPDATE (user-guide/security-column-intro). Which role asks is known when the text runs.
 */
export function seenColumns(table: CatalogTable, catalog: Catalog, alias: string): Columns {
  return new Map(
    table.columns.map((column) => [column.name, seen(column, `${alias}.${column.physical}`, catalog)]),
  );
}

function seen({ type, policy }: CatalogColumn, sql: string, catalog: Catalog): Typed {
  if (policy === undefined || policy === null) return { sql, type };
  const masked = applyPolicy(findPolicy(catalog, policy), { sql, type });
  return { sql: `(${masked.sql})`, type };
}

/** The value of the column's own type, with its length and digits, however wide the policy's is. */
function applyPolicy(policy: Pick<CatalogPolicy, 'argument' | 'body'>, value: Typed): Typed {
  const body = parseExpression(new TokenReader(policy.body));
  const columns: Columns = new Map([[policy.argument, value]]);
  return cast(
    generateExpression(body, { sources: new Map([['', columns]]), aliases: new Map() }),
    value.type,
  );
}

/** @throws SqlError for a body that does not give what it takes */
export function requireBody(argument: string, type: SqlType, body: string): void {
  const columns: Columns = new Map([[argument, { sql: 'x', type }]]);
  const scope = { sources: new Map([['', columns]]), aliases: new Map() };
  const given = generateExpression(parseExpression(new TokenReader(body)), scope).type.name;
  if (given !== type.name && given !== 'NULL')
    throw compilationError('002023', '22000', 'Masking policy function argument and return type mismatch.');
}
