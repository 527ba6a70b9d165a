import { type Place, qualified, quoted } from '#snowflake/names.ts';
import type { Desired } from '#snowflake/plan.ts';

export interface Roles {
  readonly deployer: string;
  readonly loader: string;
  /** Null if the account's default is used. */
  readonly warehouse: string | null;
}

/**
 * The least that two roles need, as SQL: the deployer owns what it creates; the loader adds rows and reads them.
 * Privileges on tables are by name, so they are run after the first apply.
 */
export function grantStatements(
  desired: readonly Desired[],
  place: Place,
  { deployer, loader, warehouse }: Roles,
): readonly string[] {
  const database = quoted(place.database);
  const schema = `${database}.${quoted(place.schema)}`;
  const both = [deployer, loader].map(quoted);
  const [owner, writer] = both;
  return [
    ...both.map((role) => `CREATE ROLE IF NOT EXISTS ${role}`),
    ...(warehouse === null
      ? []
      : both.map((role) => `GRANT USAGE ON WAREHOUSE ${quoted(warehouse)} TO ROLE ${role}`)),
    ...both.map((role) => `GRANT USAGE ON DATABASE ${database} TO ROLE ${role}`),
    ...both.map((role) => `GRANT USAGE ON SCHEMA ${schema} TO ROLE ${role}`),
    `GRANT CREATE TABLE, CREATE VIEW ON SCHEMA ${schema} TO ROLE ${owner}`,
    ...desired.map(
      ({ table }) => `GRANT SELECT, INSERT ON TABLE ${qualified(place, table.name)} TO ROLE ${writer}`,
    ),
  ];
}
