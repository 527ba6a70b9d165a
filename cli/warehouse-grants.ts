import { type ContractOptions, contractsFolder } from '#cli/options.ts';
import { schemaHistory } from '#cli/schema-history.ts';
import { DEFAULT_PLACE, loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { loadContracts } from '#contract/load.ts';
import { grantScript, grantStatements } from '#snowflake/grants.ts';
import { desiredOf } from '#snowflake/plan.ts';

/** The names of roles that nobody has named otherwise. */
export const WAREHOUSE_ROLES = {
  deployer: 'ZONER_DEPLOYER',
  loader: 'ZONER_LOADER',
  operator: 'ZONER_OPERATOR',
} as const;

/** What the command line says; the rest comes from the settings. */
export interface GrantOptions extends ContractOptions {
  readonly database?: string;
  readonly snowflakeSchema?: string;
  readonly warehouse?: string;
}

/**
 * The grants of each role as lines of SQL; they ask no service.
 * @throws ZonerError CONFIG_INVALID, FILE_UNREADABLE, and those of contracts
 */
export async function warehouseGrants(
  shell: Shell,
  options: GrantOptions,
  roles: Readonly<Record<keyof typeof WAREHOUSE_ROLES, string>>,
): Promise<readonly string[]> {
  const { snowflake } = loadSettings(shell, options.env);
  const place = {
    database: options.database ?? snowflake?.database ?? DEFAULT_PLACE.database,
    schema: options.snowflakeSchema ?? snowflake?.schema ?? DEFAULT_PLACE.schema,
  };
  const warehouse = options.warehouse ?? snowflake?.warehouse ?? null;
  const folder = contractsFolder(shell, options);
  const historyOf = await schemaHistory(folder);
  const desired = (await loadContracts(folder)).map((contract) => desiredOf(contract, historyOf(contract)));
  const script = grantScript(grantStatements(desired, place, { ...roles, warehouse }));
  if (warehouse !== null) return script;
  return [...script, '-- Each needs USAGE of a warehouse, too: name it with --warehouse.'];
}
