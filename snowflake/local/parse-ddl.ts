import type { Alteration, ColumnDefinition, Statement } from '#snowflake/local/ast.ts';
import { parseType } from '#snowflake/local/parse-expression.ts';
import { parseProtection } from '#snowflake/local/parse-policies.ts';
import { compilationError, unsupported } from '#snowflake/local/sql-error.ts';
import type { TokenReader } from '#snowflake/local/token-reader.ts';

/** The columns of a CREATE TABLE, in brackets. */
export function parseColumns(reader: TokenReader): readonly ColumnDefinition[] {
  const columns: ColumnDefinition[] = [];
  reader.expect('(');
  do {
    // Standard tables do not enforce keys, so what they say is read and forgotten.
    if (reader.take('PRIMARY', 'KEY', '(')) {
      const names = reader.list(() => reader.name());
      const unknown = names.find((name) => columns.every((each) => each.name !== name));
      if (unknown !== undefined) throw compilationError('000904', '42000', `invalid identifier '${unknown}'`);
      reader.expect(')');
    } else columns.push(parseColumn(reader));
  } while (reader.take(','));
  reader.expect(')');
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw compilationError('002025', '42S21', `duplicate column name '${twice}'`);
  return columns;
}

function parseColumn(reader: TokenReader): ColumnDefinition {
  const name = reader.name();
  const type = parseType(reader);
  if (reader.at('DEFAULT')) throw unsupported('DEFAULT of a column');
  const nullable = !reader.take('NOT', 'NULL');
  const comment = reader.take('COMMENT') ? reader.text() : null;
  return { name, type, nullable, comment };
}

/** What follows ALTER TABLE. */
export function parseAlter(reader: TokenReader): Statement {
  const name = reader.qualifiedName();
  if (reader.take('ADD')) {
    reader.take('COLUMN');
    const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
    const columns = reader.list(() => parseColumn(reader));
    return { kind: 'alter-table', name, changes: [{ kind: 'add', columns, ifNotExists }] };
  }
  if (reader.take('DROP')) {
    reader.take('COLUMN');
    const ifExists = reader.take('IF', 'EXISTS');
    return {
      kind: 'alter-table',
      name,
      changes: [{ kind: 'drop', columns: reader.list(() => reader.name()), ifExists }],
    };
  }
  if (reader.take('RENAME', 'COLUMN')) {
    const from = reader.name();
    reader.expect('TO');
    return { kind: 'alter-table', name, changes: [{ kind: 'rename-column', from, to: reader.name() }] };
  }
  if (!reader.take('ALTER') && !reader.take('MODIFY'))
    throw unsupported(`ALTER TABLE … ${reader.peek().text}`);
  return { kind: 'alter-table', name, changes: reader.list(() => parseColumnChange(reader)) };
}

function parseColumnChange(reader: TokenReader): Alteration {
  reader.take('COLUMN');
  const column = reader.name();
  if (reader.take('SET', 'NOT', 'NULL')) return { kind: 'set-not-null', column };
  if (reader.take('DROP', 'NOT', 'NULL')) return { kind: 'drop-not-null', column };
  if (reader.take('SET', 'DATA', 'TYPE')) return { kind: 'set-type', column, type: parseType(reader) };
  if (reader.take('UNSET', 'COMMENT')) return { kind: 'comment', column, comment: null };
  if (reader.take('COMMENT')) return { kind: 'comment', column, comment: reader.text() };
  const protection = parseProtection(reader, column);
  if (protection !== null) return protection;
  throw unsupported(`ALTER COLUMN … ${reader.peek().text} ${reader.peek(1).text}`);
}

/** What follows COMMENT ON TABLE. */
export function parseComment(reader: TokenReader): Statement {
  const name = reader.qualifiedName();
  reader.expect('IS');
  return { kind: 'comment-on-table', name, comment: reader.text() };
}
