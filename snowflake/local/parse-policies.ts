import type { Alteration, Statement } from '#snowflake/local/ast.ts';
import { parseExpression, parseType } from '#snowflake/local/parse-expression.ts';
import { unsupported } from '#snowflake/local/sql-error.ts';
import type { TokenReader } from '#snowflake/local/token-reader.ts';

/** What follows CREATE TAG. */
export function parseTag(reader: TokenReader): Statement {
  const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
  const name = reader.qualifiedName();
  const allowed = reader.take('ALLOWED_VALUES') ? reader.list(() => reader.text()) : null;
  const comment = reader.take('COMMENT', '=') ? reader.text() : null;
  return { kind: 'create-tag', name, ifNotExists, allowed, comment };
}

/** What follows CREATE MASKING POLICY. */
export function parsePolicy(reader: TokenReader): Statement {
  const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
  const name = reader.qualifiedName();
  reader.expect('AS', '(');
  const argument = reader.name();
  const type = parseType(reader);
  if (reader.at(',')) throw unsupported('a masking policy over several columns');
  reader.expect(')', 'RETURNS');
  const returns = parseType(reader);
  const body = parseBody(reader);
  const comment = reader.take('COMMENT', '=') ? reader.text() : null;
  return { kind: 'create-policy', name, ifNotExists, argument, type, returns, body, comment };
}

/** What follows ALTER MASKING POLICY. */
export function parseAlterPolicy(reader: TokenReader): Statement {
  const name = reader.qualifiedName();
  if (!reader.take('SET', 'BODY')) throw unsupported(`ALTER MASKING POLICY … ${reader.peek().text}`);
  return { kind: 'alter-policy', name, body: parseBody(reader) };
}

/** `-> expression`, as it was written. */
function parseBody(reader: TokenReader): string {
  reader.expect('->');
  const start = reader.peek();
  parseExpression(reader);
  return reader.since(start);
}

/** What follows SHOW. */
export function parseShow(reader: TokenReader): Statement {
  const what = reader.take('TAGS') ? 'tag' : reader.take('MASKING', 'POLICIES') ? 'policy' : null;
  if (what === null) throw unsupported(`SHOW ${reader.peek().text}`);
  const like = reader.take('LIKE') ? reader.text() : null;
  reader.expect('IN', 'SCHEMA');
  return { kind: 'show', what, like, schema: reader.qualifiedName() };
}

/** SET or UNSET of a masking policy or a tag, behind ALTER COLUMN and its name; null for something else. */
export function parseProtection(reader: TokenReader, column: string): Alteration | null {
  if (reader.take('SET', 'MASKING', 'POLICY'))
    return { kind: 'set-policy', column, policy: reader.qualifiedName(), force: reader.take('FORCE') };
  if (reader.take('UNSET', 'MASKING', 'POLICY')) return { kind: 'unset-policy', column };
  if (reader.take('UNSET', 'TAG')) return { kind: 'unset-tag', column, tag: reader.qualifiedName() };
  if (!reader.take('SET', 'TAG')) return null;
  const tag = reader.qualifiedName();
  reader.expect('=');
  return { kind: 'set-tag', column, tag, value: reader.text() };
}
