import type { Statement, StatementOf } from '#snowflake/local/ast.ts';
import { parseAlter, parseColumns, parseComment } from '#snowflake/local/parse-ddl.ts';
import { parseDelete, parseInsert, parseMerge, parseUpdate } from '#snowflake/local/parse-dml.ts';
import { parseGrant } from '#snowflake/local/parse-grant.ts';
import { parseAlterPolicy, parsePolicy, parseShow, parseTag } from '#snowflake/local/parse-policies.ts';
import { expectEnd, parseQuery } from '#snowflake/local/parse-query.ts';
import { unsupported } from '#snowflake/local/sql-error.ts';
import { TokenReader } from '#snowflake/local/token-reader.ts';

/**
 * Parses one of the statements that Zoner emits, or a SELECT.
 * @throws SqlError for a syntax error, and for whatever else Snowflake might understand
 */
export function parseStatement(sql: string): Statement {
  const reader = new TokenReader(sql);
  const statement = parse(reader);
  expectEnd(reader);
  return statement;
}

function parse(reader: TokenReader): Statement {
  if (reader.at('SELECT') || reader.at('WITH')) return { kind: 'query', query: parseQuery(reader) };
  if (reader.take('MERGE', 'INTO')) return parseMerge(reader);
  if (reader.take('INSERT', 'INTO')) return parseInsert(reader);
  if (reader.take('DELETE', 'FROM')) return parseDelete(reader);
  if (reader.take('UPDATE')) return parseUpdate(reader);
  if (reader.take('ALTER', 'SESSION', 'SET')) return parseSession(reader);
  if (reader.take('ALTER', 'TABLE')) return parseAlter(reader);
  if (reader.take('ALTER', 'MASKING', 'POLICY')) return parseAlterPolicy(reader);
  if (reader.take('COMMENT', 'ON', 'TABLE')) return parseComment(reader);
  if (reader.take('SHOW')) return parseShow(reader);
  if (reader.take('DESCRIBE', 'MASKING', 'POLICY'))
    return { kind: 'describe-policy', name: reader.qualifiedName() };
  if (reader.take('CREATE')) return parseCreate(reader);
  if (reader.take('DROP')) return parseDrop(reader);
  if (reader.take('GRANT')) return parseGrant(reader);
  const transaction = parseTransaction(reader);
  if (transaction !== null) return transaction;
  throw unsupported(`a statement that begins with ${reader.peek().text} ${reader.peek(1).text}`.trimEnd());
}

function parseTransaction(reader: TokenReader): Statement | null {
  for (const kind of ['begin', 'commit', 'rollback'] as const) {
    if (!reader.take(kind.toUpperCase())) continue;
    reader.take(kind === 'begin' ? 'TRANSACTION' : 'WORK');
    return { kind };
  }
  return null;
}

function parseSession(reader: TokenReader): Statement {
  const parameters: (readonly [string, string])[] = [];
  do {
    const name = reader.name();
    reader.expect('=');
    parameters.push([name, reader.next().text]);
    reader.take(',');
  } while (reader.peek().kind === 'name');
  return { kind: 'set-session', parameters };
}

function parseCreate(reader: TokenReader): Statement {
  const orReplace = reader.take('OR', 'REPLACE');
  if (reader.take('VIEW')) return parseView(reader, orReplace);
  // A database, a schema or a table that is replaced loses its rows; Zoner never asks for that.
  if (orReplace) throw unsupported(`CREATE OR REPLACE ${reader.peek().text}`);
  if (reader.take('TAG')) return parseTag(reader);
  if (reader.take('MASKING', 'POLICY')) return parsePolicy(reader);
  const what = (['ROLE', 'DATABASE', 'SCHEMA', 'TABLE'] as const).find((word) => reader.take(word));
  if (what === undefined) throw unsupported(`CREATE ${reader.peek().text}`);
  const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
  if (what === 'ROLE') return { kind: 'create-role', name: reader.name(), ifNotExists };
  if (what === 'DATABASE') return { kind: 'create-database', name: reader.name(), ifNotExists };
  const name = reader.qualifiedName();
  if (what === 'SCHEMA') return { kind: 'create-schema', name, ifNotExists };
  const columns = parseColumns(reader);
  const comment = reader.take('COMMENT', '=') ? reader.text() : null;
  return { kind: 'create-table', name, ifNotExists, columns, comment };
}

function parseView(reader: TokenReader, orReplace: boolean): Statement {
  const name = reader.qualifiedName();
  let columns: StatementOf<'create-view'>['columns'] = null;
  if (reader.take('(')) {
    columns = reader.list(() => ({
      name: reader.name(),
      comment: reader.take('COMMENT') ? reader.text() : null,
    }));
    reader.expect(')');
  }
  const copyGrants = reader.take('COPY', 'GRANTS');
  const comment = reader.take('COMMENT', '=') ? reader.text() : null;
  reader.expect('AS');
  const query = parseQuery(reader);
  return { kind: 'create-view', name, orReplace, copyGrants, columns, comment, query, text: reader.sql };
}

function parseDrop(reader: TokenReader): Statement {
  const what = reader.take('MASKING', 'POLICY')
    ? 'MASKING POLICY'
    : (['TABLE', 'VIEW', 'SCHEMA', 'DATABASE'] as const).find((word) => reader.take(word));
  if (what === undefined) throw unsupported(`DROP ${reader.peek().text}`);
  const ifExists = reader.take('IF', 'EXISTS');
  return { kind: 'drop', what, name: reader.qualifiedName(), ifExists };
}
