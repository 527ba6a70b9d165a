import { type Place, qualified, quoted } from '#snowflake/names.ts';
import type { Desired } from '#snowflake/plan.ts';

export interface Roles {
  readonly deployer: string;
  readonly loader: string;
  /** Null if the account's default is used. */
  readonly warehouse: string | null;
}

export interface Grants {
  /** For both roles, once database and schema are there. */
  readonly roles: readonly string[];
  /** On tables, by name: once the deployer has made them. */
  readonly tables: readonly string[];
}

/** The least that two roles need, as SQL: the deployer owns what it creates; the loader adds rows and reads them.
 * UPDATE is for the clause of its MERGE that holds the table's lock and never matches (`merge.ts`). */
export function grantStatements(
  desired: readonly Desired[],
  place: Place,
  { deployer, loader, warehouse }: Roles,
): Grants {
  const database = quoted(place.database);
  const schema = `${database}.${quoted(place.schema)}`;
  const both = [deployer, loader].map(quoted);
  const [owner, writer] = both;
  const roles = [
    ...both.map((role) => `CREATE ROLE IF NOT EXISTS ${role}`),
    ...(warehouse === null
      ? []
      : both.map((role) => `GRANT USAGE ON WAREHOUSE ${quoted(warehouse)} TO ROLE ${role}`)),
    ...both.map((role) => `GRANT USAGE ON DATABASE ${database} TO ROLE ${role}`),
    ...both.map((role) => `GRANT USAGE ON SCHEMA ${schema} TO ROLE ${role}`),
    `GRANT CREATE TABLE, CREATE VIEW ON SCHEMA ${schema} TO ROLE ${owner}`,
  ];
  const tables = desired.map(
    ({ table }) => `GRANT SELECT, INSERT, UPDATE ON TABLE ${qualified(place, table.name)} TO ROLE ${writer}`,
  );
  return { roles, tables };
}

/** The same as a script that says when each part can be run. */
export function grantScript({ roles, tables }: Grants): readonly string[] {
  return [
    '-- Once the database and the schema are there:',
    ...roles.map((statement) => `${statement};`),
    '-- After the first `zoner snowflake apply`, by the deployer:',
    ...tables.map((statement) => `${statement};`),
  ];
}
