import { JOURNAL_TABLE } from '#snowflake/journal.ts';
import { type Place, qualified, quoted } from '#snowflake/names.ts';
import type { Desired } from '#snowflake/plan.ts';

export interface Roles {
  readonly deployer: string;
  readonly loader: string;
  readonly operator: string;
  /** Null if nobody said which one they use. */
  readonly warehouse: string | null;
}

export interface Grants {
  /** Once database and schema are there. */
  readonly roles: readonly string[];
  /** On tables, by name: once the deployer has made them. */
  readonly tables: readonly string[];
}

/**
 * The least that each role needs, as SQL. The deployer owns what it creates. The loader adds rows and reads them; UPDATE is
 * for `--overwrite`, and for the clause of its MERGE that holds the table's lock and never matches (`merge.ts`). The
 * operator reads rows and forgets people. Both look up in the journal which columns were dropped on purpose, and would
 * miss those otherwise.
 */
export function grantStatements(
  desired: readonly Desired[],
  place: Place,
  { deployer, loader, operator, warehouse }: Roles,
): Grants {
  const database = quoted(place.database);
  const schema = `${database}.${quoted(place.schema)}`;
  const all = [deployer, loader, operator].map(quoted);
  const [owner, writer, keeper] = all;
  const roles = [
    ...all.map((role) => `CREATE ROLE IF NOT EXISTS ${role}`),
    ...(warehouse === null
      ? []
      : all.map((role) => `GRANT USAGE ON WAREHOUSE ${quoted(warehouse)} TO ROLE ${role}`)),
    ...all.map((role) => `GRANT USAGE ON DATABASE ${database} TO ROLE ${role}`),
    ...all.map((role) => `GRANT USAGE ON SCHEMA ${schema} TO ROLE ${role}`),
    `GRANT CREATE TABLE, CREATE VIEW ON SCHEMA ${schema} TO ROLE ${owner}`,
    ...(desired.some(({ protection }) => protection !== null)
      ? [`GRANT CREATE TAG, CREATE MASKING POLICY ON SCHEMA ${schema} TO ROLE ${owner}`]
      : []),
  ];
  const on = (table: string, privileges: string, role: string | undefined): string =>
    `GRANT ${privileges} ON TABLE ${qualified(place, table)} TO ROLE ${role}`;
  const tables = [
    ...desired.flatMap(({ table }) => [
      on(table.name, 'SELECT, INSERT, UPDATE', writer),
      on(table.name, 'SELECT, DELETE', keeper),
    ]),
    ...[writer, keeper].map((role) => on(JOURNAL_TABLE, 'SELECT', role)),
  ];
  return { roles, tables };
}

/** The same as a script that says when each part can be run. */
export function grantScript({ roles, tables }: Grants): readonly string[] {
  return [
    '-- Once the database and the schema are there:',
    ...roles.map((statement) => `${statement};`),
    '-- After the first `zoner snowflake apply`, by the deployer:',
    ...tables.map((statement) => `${statement};`),
    '-- And GRANT ROLE to the user of each.',
  ];
}
