import type { ColumnDefinition, Statement } from '#snowflake/local/ast.ts';
import { parseExpression, parseType } from '#snowflake/local/parse-expression.ts';
import { expectEnd, parseQuery } from '#snowflake/local/parse-query.ts';
import { SqlError, unsupported } from '#snowflake/local/sql-error.ts';
import { TokenReader } from '#snowflake/local/token-reader.ts';

/**
 * Parses one of the statements that Zoner emits.
 * @throws SqlError for a syntax error, and for whatever else Snowflake might understand
 */
export function parseStatement(sql: string): Statement {
  const reader = new TokenReader(sql);
  const statement = parse(reader);
  expectEnd(reader);
  return statement;
}

function parse(reader: TokenReader): Statement {
  if (reader.at('SELECT')) return { kind: 'query', query: parseQuery(reader) };
  if (reader.take('MERGE', 'INTO')) return parseMerge(reader);
  if (reader.take('ALTER', 'SESSION', 'SET')) return parseSession(reader);
  if (reader.take('CREATE', 'DATABASE')) {
    const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
    return { kind: 'create-database', name: reader.name(), ifNotExists };
  }
  if (reader.take('CREATE', 'SCHEMA')) {
    const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
    return { kind: 'create-schema', name: reader.qualifiedName(), ifNotExists };
  }
  if (reader.take('CREATE', 'TABLE')) return parseCreateTable(reader);
  throw unsupported(`a statement that begins with ${reader.peek().text} ${reader.peek(1).text}`);
}

function parseSession(reader: TokenReader): Statement {
  do {
    reader.name();
    reader.expect('=');
    reader.next();
  } while (reader.peek().kind === 'name');
  return { kind: 'session' };
}

function parseCreateTable(reader: TokenReader): Statement {
  const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
  const name = reader.qualifiedName();
  const columns: ColumnDefinition[] = [];
  reader.expect('(');
  do {
    // Standard tables do not enforce keys, so what they say is read and forgotten.
    if (reader.take('PRIMARY', 'KEY', '(')) {
      reader.list(() => reader.name());
      reader.expect(')');
    } else columns.push(parseColumn(reader));
  } while (reader.take(','));
  reader.expect(')');
  const twice = columns.find(
    (each, index) => columns.findIndex((other) => other.name === each.name) !== index,
  );
  if (twice !== undefined) {
    throw new SqlError('002025', '42S21', `SQL compilation error:\nduplicate column name '${twice.name}'`);
  }
  const comment = reader.take('COMMENT', '=') ? reader.text() : null;
  return { kind: 'create-table', name, ifNotExists, columns, comment };
}

function parseColumn(reader: TokenReader): ColumnDefinition {
  const name = reader.name();
  const type = parseType(reader);
  const nullable = !reader.take('NOT', 'NULL');
  const comment = reader.take('COMMENT') ? reader.text() : null;
  return { name, type, nullable, comment };
}

function parseMerge(reader: TokenReader): Statement {
  const into = reader.qualifiedName();
  const alias = reader.take('AS') ? reader.name() : reader.name();
  reader.expect('USING', '(');
  const query = parseQuery(reader);
  reader.expect(')');
  reader.take('AS');
  const using = { query, alias: reader.name() };
  reader.expect('ON');
  const on = parseExpression(reader);
  reader.expect('WHEN', 'NOT', 'MATCHED', 'THEN', 'INSERT', '(');
  const columns = reader.list(() => reader.name());
  reader.expect(')');
  reader.expect('VALUES', '(');
  const values = reader.list(() => parseExpression(reader));
  reader.expect(')');
  return { kind: 'merge', into, alias, using, on, columns, values };
}
