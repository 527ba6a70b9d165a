import type { Grantable, StatementOf } from '#snowflake/local/ast.ts';
import { unsupported } from '#snowflake/local/sql-error.ts';
import type { TokenReader } from '#snowflake/local/token-reader.ts';

/** What can be granted on what, of Snowflake's list of privileges: as much as Zoner's own roles need. */
const PRIVILEGES: Readonly<Record<Grantable, readonly string[]>> = {
  WAREHOUSE: ['USAGE'],
  DATABASE: ['USAGE'],
  SCHEMA: ['USAGE', 'CREATE TABLE', 'CREATE VIEW', 'CREATE TAG', 'CREATE MASKING POLICY'],
  TABLE: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  VIEW: ['SELECT'],
};
const GRANTABLE = Object.keys(PRIVILEGES) as readonly Grantable[];

/** `GRANT SELECT, INSERT ON TABLE DB.PUBLIC.T TO ROLE R`, behind its first word. */
export function parseGrant(reader: TokenReader): StatementOf<'grant'> {
  const privileges: string[] = [];
  do {
    const words = [reader.next().text];
    while (!reader.at(',') && !reader.at('ON') && reader.peek().kind === 'name')
      words.push(reader.next().text);
    privileges.push(words.join(' '));
  } while (reader.take(','));
  reader.expect('ON');
  const what = GRANTABLE.find((word) => reader.take(word));
  const missing = privileges.find((each) => what === undefined || !PRIVILEGES[what].includes(each));
  if (what === undefined || missing !== undefined)
    throw unsupported(`GRANT ${privileges.join(', ')} ON ${what ?? reader.peek().text}`);
  const name = reader.qualifiedName();
  reader.expect('TO', 'ROLE');
  return { kind: 'grant', privileges, on: { what, name }, role: reader.name() };
}
