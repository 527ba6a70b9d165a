import type { Expression, Joined, Query, Source } from '#snowflake/local/ast.ts';
import { parseExpression, parseOrders } from '#snowflake/local/parse-expression.ts';
import { syntaxError } from '#snowflake/local/sql-error.ts';
import type { TokenReader } from '#snowflake/local/token-reader.ts';

/** Words that end a source, so that they are no alias. */
const CLAUSES = new Set([
  'ON',
  'WHERE',
  'GROUP',
  'HAVING',
  'QUALIFY',
  'ORDER',
  'LIMIT',
  'JOIN',
  'LEFT',
  'INNER',
  'WHEN',
  'USING',
  'UNION',
]);

export function parseQuery(reader: TokenReader): Query {
  reader.expect('SELECT');
  const distinct = reader.take('DISTINCT');
  const items = reader.list(() => parseItem(reader));
  const from = reader.take('FROM') ? parseFrom(reader) : [];
  const optional = (...words: string[]): Expression | null =>
    reader.take(...words) ? parseExpression(reader) : null;
  const where = optional('WHERE');
  const groupBy = reader.take('GROUP', 'BY') ? reader.list(() => parseExpression(reader)) : [];
  const having = optional('HAVING');
  const qualify = optional('QUALIFY');
  const orderBy = reader.take('ORDER', 'BY') ? parseOrders(reader) : [];
  const limit = reader.take('LIMIT') ? reader.next() : null;
  if (limit !== null && limit.kind !== 'number') throw reader.unexpected(limit);
  return { distinct, items, from, where, groupBy, having, qualify, orderBy, limit: limit?.text ?? null };
}

function parseItem(reader: TokenReader): Query['items'][number] {
  const start = reader.peek();
  const value = parseExpression(reader);
  if (value.kind === 'star') return { value, alias: '' };
  const text = reader.since(start);
  const alias = parseAlias(reader);
  if (alias !== null) return { value, alias };
  return { value, alias: value.kind === 'name' ? (value.parts.at(-1) ?? '') : text.toUpperCase() };
}

function parseAlias(reader: TokenReader): string | null {
  if (reader.take('AS')) return reader.name();
  const token = reader.peek();
  const isAlias =
    token.kind === 'quoted' || (token.kind === 'name' && !CLAUSES.has(token.text) && token.text !== 'FROM');
  return isAlias ? reader.name() : null;
}

function parseFrom(reader: TokenReader): readonly Joined[] {
  const joined: Joined[] = [{ on: null, left: false, source: parseSource(reader) }];
  for (;;) {
    if (reader.take(',')) {
      joined.push({ on: null, left: false, source: parseSource(reader) });
      continue;
    }
    const left = reader.take('LEFT');
    if (!left) reader.take('INNER');
    if (!reader.take('JOIN')) {
      if (left) throw reader.unexpected();
      return joined;
    }
    const source = parseSource(reader);
    reader.expect('ON');
    joined.push({ on: parseExpression(reader), left, source });
  }
}

function parseSource(reader: TokenReader): Source {
  if (reader.take('(')) {
    const query = parseQuery(reader);
    reader.expect(')');
    return { kind: 'query', query, alias: parseAlias(reader) ?? '' };
  }
  const asTable = reader.take('TABLE', '(');
  const lateral = !asTable && reader.take('LATERAL');
  if (asTable || lateral) {
    const input = parseFlatten(reader);
    if (asTable) reader.expect(')');
    return { kind: 'flatten', input, alias: parseAlias(reader) ?? 'FLATTEN' };
  }
  const name = reader.qualifiedName();
  return { kind: 'table', name, alias: parseAlias(reader) ?? name.at(-1) ?? '' };
}

function parseFlatten(reader: TokenReader): Expression {
  reader.expect('FLATTEN', '(');
  reader.take('INPUT', '=>');
  const input = parseExpression(reader);
  reader.expect(')');
  return input;
}

/** The whole of a text must be one statement. */
export function expectEnd(reader: TokenReader): void {
  reader.take(';');
  const { kind, text } = reader.peek();
  if (kind !== 'end') throw syntaxError(`unexpected '${text}'`);
}
