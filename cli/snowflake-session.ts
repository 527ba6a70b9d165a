import { loadLintedContracts } from '#cli/lint-gate.ts';
import { type ContractOptions, contractsFolder } from '#cli/options.ts';
import type { Resources } from '#cli/resources.ts';
import { schemaHistory } from '#cli/schema-history.ts';
import { loadSettings, requireSnowflake } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import type { SnowflakeConfig } from '#core/config.ts';
import { APP_VERSION } from '#core/version.ts';
import type { ContractHistory } from '#snowflake/apply.ts';
import { createWarehouse, type DriverOptions } from '#snowflake/driver.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/** Nobody should take the local Snowflake for the real one. */
export function tellIfLocal(shell: Shell, { accessUrl }: SnowflakeConfig): void {
  if (accessUrl?.startsWith('http://') === true)
    shell.tell(`local Snowflake, not the real one (${accessUrl})`);
}

/** A session that ends with the command. */
export function openWarehouse(
  shell: Shell,
  options: { readonly env: string },
  resources: Resources,
  session: Pick<DriverOptions, 'inSchema'> = {},
): { readonly config: SnowflakeConfig; readonly warehouse: Warehouse } {
  const config = requireSnowflake(loadSettings(shell, options.env));
  tellIfLocal(shell, config);
  // Filling a column of a large table takes its time: Snowflake's own limit is to end it, not ours.
  const deadlineMs = (config.statementTimeoutSeconds ?? 0) * 1000 + 60_000;
  return {
    config,
    warehouse: resources.use(createWarehouse(config, { appVersion: APP_VERSION, deadlineMs, ...session })),
  };
}

/** The contracts with every version that the lock knows. */
export async function loadHistories(
  shell: Shell,
  options: ContractOptions,
): Promise<readonly ContractHistory[]> {
  const contracts = await loadLintedContracts(shell, options);
  const historyOf = await schemaHistory(contractsFolder(shell, options));
  return contracts.map((contract) => ({ contract, history: historyOf(contract) }));
}
