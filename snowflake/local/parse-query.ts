import type { Expression, Joined, Query, Select, Source } from '#snowflake/local/ast.ts';
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
  'OFFSET',
  'SET',
  'CROSS',
]);

export function parseQuery(reader: TokenReader): Query {
  const tables = reader.take('WITH') ? reader.list(() => parseWith(reader)) : [];
  const selects = [parseSelect(reader)];
  while (reader.take('UNION', 'ALL')) selects.push(parseSelect(reader));
  const orderBy = reader.take('ORDER', 'BY') ? parseOrders(reader) : [];
  const limit = reader.take('LIMIT') ? reader.count() : null;
  const offset = reader.take('OFFSET') ? reader.count() : null;
  return { with: tables, selects, orderBy, limit, offset };
}

function parseWith(reader: TokenReader): Query['with'][number] {
  const name = reader.name();
  reader.expect('AS', '(');
  const query = parseQuery(reader);
  reader.expect(')');
  return { name, query };
}

function parseSelect(reader: TokenReader): Select {
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
  return { distinct, items, from, where, groupBy, having, qualify };
}

function parseItem(reader: TokenReader): Select['items'][number] {
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
    if (reader.take('CROSS', 'JOIN')) {
      joined.push({ on: null, left: false, source: parseSource(reader) });
      continue;
    }
    const left = reader.take('LEFT');
    if (left) reader.take('OUTER');
    else reader.take('INNER');
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
  if (asTable && !reader.at('FLATTEN')) return parseFunction(reader);
  if (asTable || lateral) {
    const flatten = parseFlatten(reader);
    if (asTable) reader.expect(')');
    return { kind: 'flatten', ...flatten, alias: parseAlias(reader) ?? 'FLATTEN' };
  }
  const name = reader.qualifiedName();
  return { kind: 'table', name, alias: parseAlias(reader) ?? name.at(-1) ?? '' };
}

/** What follows `TABLE(`: a function of INFORMATION_SCHEMA over texts. */
function parseFunction(reader: TokenReader): Source {
  const name = reader.qualifiedName();
  reader.expect('(');
  const given = reader.list((): readonly [string | null, string] => {
    if (reader.peek().kind === 'text') return [null, reader.text()];
    const word = reader.name();
    reader.expect('=>');
    return [word, reader.text()];
  });
  reader.expect(')', ')');
  const named = given.map(([word, text], index): readonly [string, string] => [word ?? String(index), text]);
  return {
    kind: 'function',
    name,
    arguments: new Map(named),
    alias: parseAlias(reader) ?? name.at(-1) ?? '',
  };
}

function parseFlatten(reader: TokenReader): { readonly input: Expression; readonly outer: boolean } {
  reader.expect('FLATTEN', '(');
  reader.take('INPUT', '=>');
  const input = parseExpression(reader);
  const outer = reader.take(',', 'OUTER', '=>') && !reader.take('FALSE') && reader.take('TRUE');
  reader.expect(')');
  return { input, outer };
}

/** The whole of a text must be one statement. */
export function expectEnd(reader: TokenReader): void {
  reader.take(';');
  const { kind, text } = reader.peek();
  if (kind !== 'end') throw syntaxError(`unexpected '${text}'`);
}
