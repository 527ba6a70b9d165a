import { type ContractOptions, contractsFolder, selectContracts } from '#cli/options.ts';
import type { Resources } from '#cli/resources.ts';
import { schemaHistory } from '#cli/schema-history.ts';
import { requireSnowflake } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { tellIfLocal } from '#cli/snowflake-session.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import type { Config, SnowflakeConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import { APP_VERSION } from '#core/version.ts';
import { readDeployPlan } from '#snowflake/apply.ts';
import type { DeployPlan } from '#snowflake/deploy-plan.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

export interface OpenTables {
  readonly warehouse: Warehouse;
  readonly place: SnowflakeConfig;
  /** Each with the registered versions that its table keeps the columns of. */
  readonly contracts: readonly { readonly contract: Contract; readonly history: readonly SchemaVersion[] }[];
}

/**
 * The contracts of these names, all if none is named, and a session with the warehouse whose tables can take their rows.
 * @throws ZonerError TABLE_MISSING, TABLE_DIFFERS, USAGE
 */
export async function openTables(
  shell: Shell,
  config: Config,
  options: ContractOptions,
  names: readonly string[],
  resources: Resources,
): Promise<OpenTables> {
  const place = requireSnowflake(config);
  const folder = contractsFolder(shell, options);
  const selected = selectContracts(await loadContracts(folder), names);
  const warehouse = resources.use(createWarehouse(place, { appVersion: APP_VERSION }));
  tellIfLocal(shell, place);
  const historyOf = await schemaHistory(folder);
  const contracts = selected.map((contract) => ({ contract, history: historyOf(contract) }));
  requireTables(await readDeployPlan(warehouse, contracts, place, { masks: 'unread' }));
  return { warehouse, place, contracts };
}

/** What has to be done before rows of the contract can be written; views, comments and NOT NULL may follow later. */
const NEEDED = new Set([
  'create-database',
  'create-schema',
  'create-table',
  'rename-column',
  'add-column',
  'widen-column',
  'drop-not-null',
]);

/** @throws ZonerError TABLE_MISSING, TABLE_DIFFERS */
function requireTables({ steps, refusals }: DeployPlan): void {
  const refused = refusals.filter(
    ({ object }) => !steps.some((step) => step.object === object && !NEEDED.has(step.kind)),
  );
  if (refused.length > 0)
    throw new ZonerError('TABLE_DIFFERS', refused.map(({ reason }) => reason).join('\n'));
  const missing = steps.filter(({ kind }) => NEEDED.has(kind));
  if (missing.length === 0) return;
  const what = missing.map(({ description }) => description).join('; ');
  throw new ZonerError('TABLE_MISSING', `the warehouse is not ready: ${what}`);
}
