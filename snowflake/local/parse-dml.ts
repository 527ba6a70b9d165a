import type { Assignment, Expression, MergeClause, Statement } from '#snowflake/local/ast.ts';
import { parseExpression } from '#snowflake/local/parse-expression.ts';
import { parseQuery } from '#snowflake/local/parse-query.ts';
import { compilationError } from '#snowflake/local/sql-error.ts';
import type { TokenReader } from '#snowflake/local/token-reader.ts';

function names(reader: TokenReader): readonly string[] {
  reader.expect('(');
  const list = reader.list(() => reader.name());
  reader.expect(')');
  return list;
}

function values(reader: TokenReader): readonly Expression[] {
  reader.expect('(');
  const list = reader.list(() => parseExpression(reader));
  reader.expect(')');
  return list;
}

function aliasOf(reader: TokenReader, name: readonly string[]): string {
  if (reader.take('AS')) return reader.name();
  const { kind, text } = reader.peek();
  const isAlias = kind === 'quoted' || (kind === 'name' && !['SET', 'WHERE', 'USING'].includes(text));
  return isAlias ? reader.name() : (name.at(-1) ?? '');
}

/** What follows INSERT INTO. */
export function parseInsert(reader: TokenReader): Statement {
  const into = reader.qualifiedName();
  const columns = reader.at('(') ? names(reader) : null;
  if (!reader.take('VALUES')) return { kind: 'insert', into, columns, source: parseQuery(reader) };
  return { kind: 'insert', into, columns, source: reader.list(() => plainValues(reader)) };
}

/** Snowflake lets no function stand in VALUES whose result is semi-structured; here none may, which is stricter. */
function plainValues(reader: TokenReader): readonly Expression[] {
  const list = values(reader);
  for (const value of list) {
    const isPlain = ['literal', 'number', 'bind', 'unary', 'cast'].includes(value.kind);
    if (!isPlain) throw compilationError('002014', '22000', 'Invalid expression in VALUES clause');
  }
  return list;
}

function assignments(reader: TokenReader): readonly Assignment[] {
  reader.expect('SET');
  return reader.list(() => {
    const column = reader.qualifiedName().at(-1) ?? '';
    reader.expect('=');
    return { column, value: parseExpression(reader) };
  });
}

/** What follows UPDATE. */
export function parseUpdate(reader: TokenReader): Statement {
  const table = reader.qualifiedName();
  const alias = aliasOf(reader, table);
  const set = assignments(reader);
  return { kind: 'update', table, alias, set, where: reader.take('WHERE') ? parseExpression(reader) : null };
}

/** What follows DELETE FROM. */
export function parseDelete(reader: TokenReader): Statement {
  const table = reader.qualifiedName();
  const alias = aliasOf(reader, table);
  return { kind: 'delete', table, alias, where: reader.take('WHERE') ? parseExpression(reader) : null };
}

/** What follows MERGE INTO. */
export function parseMerge(reader: TokenReader): Statement {
  const into = reader.qualifiedName();
  const alias = aliasOf(reader, into);
  reader.expect('USING', '(');
  const query = parseQuery(reader);
  reader.expect(')');
  reader.take('AS');
  const using = { query, alias: reader.name() };
  reader.expect('ON');
  const on = parseExpression(reader);
  const clauses: MergeClause[] = [];
  do clauses.push(parseClause(reader));
  while (reader.at('WHEN'));
  return { kind: 'merge', into, alias, using, on, clauses };
}

function parseClause(reader: TokenReader): MergeClause {
  reader.expect('WHEN');
  const matched = !reader.take('NOT');
  reader.expect('MATCHED');
  const when = reader.take('AND') ? parseExpression(reader) : null;
  reader.expect('THEN');
  if (!matched) {
    reader.expect('INSERT');
    const columns = names(reader);
    reader.expect('VALUES');
    return { kind: 'insert', when, columns, values: values(reader) };
  }
  if (reader.take('DELETE')) return { kind: 'delete', when };
  reader.expect('UPDATE');
  return { kind: 'update', when, set: assignments(reader) };
}
