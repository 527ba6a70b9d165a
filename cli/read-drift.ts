import { contractsFolder } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import type { Context } from '#cli/read-status.ts';
import { schemaHistory } from '#cli/schema-history.ts';
import { requireSnowflake } from '#cli/settings.ts';
import { type Finding, finding } from '#cli/status-report.ts';
import { readLock } from '#contract/lock/lock-file.ts';
import { APP_VERSION } from '#core/version.ts';

/** The registry against the working tree and, where the lock knows this environment, against the lock. */
export async function registryFindings({
  shell,
  config,
  contracts,
  options,
}: Context): Promise<readonly Finding[]> {
  const { createRegistryClient } = await import('#registry/client.ts');
  const { readRegistryPlan } = await import('#registry/apply.ts');
  const { desiredSubjects } = await import('#registry/desired.ts');
  const { findDrift } = await import('#registry/drift.ts');
  const { readHistory, subjectsToPull } = await import('#registry/pull.ts');
  const client = createRegistryClient(config.registry);
  const desired = desiredSubjects(contracts);
  const changes = (await readRegistryPlan(client, desired)).map(({ description }) => description);
  const findings = [
    changes.length === 0
      ? finding('contracts', 'fine', `${countOf(desired.length, 'subject')} registered as they are here`)
      : finding('contracts', 'wrong', `${countOf(changes.length, 'difference')} to the working tree`, {
          details: changes,
          remedy: 'Run: zoner check, then zoner registry apply',
        }),
  ];
  const lock = await readLock(contractsFolder(shell, options));
  if (lock === null || !lock.environments.has(options.env)) return findings;
  const held = await readHistory(client, subjectsToPull(contracts, lock));
  const drift = findDrift(lock, options.env, held, desired).map(({ description }) => description);
  const says =
    drift.length === 0 ? 'as the lock says' : `${countOf(drift.length, 'change')} beside the repository`;
  const remedy = drift.length === 0 ? null : `Run: zoner registry drift --env ${options.env}`;
  return [
    ...findings,
    finding('lock', drift.length === 0 ? 'fine' : 'wrong', says, { details: drift, remedy }),
  ];
}

/** The warehouse against the contracts: what `zoner snowflake plan` would do. */
export async function warehouseFindings({
  shell,
  config,
  contracts,
  options,
  resources,
}: Context): Promise<readonly Finding[]> {
  const { createWarehouse } = await import('#snowflake/driver.ts');
  const { readDeployPlan } = await import('#snowflake/apply.ts');
  const snowflake = requireSnowflake(config);
  const warehouse = resources.use(createWarehouse(snowflake, { appVersion: APP_VERSION }));
  const historyOf = await schemaHistory(contractsFolder(shell, options));
  const histories = contracts.map((contract) => ({ contract, history: historyOf(contract) }));
  const plan = await readDeployPlan(warehouse, histories, snowflake, { masks: 'if-visible' });
  const details = [
    ...plan.refusals.map(({ object, reason }) => `${object}: ${reason}`),
    ...plan.steps.map(({ description }) => description),
  ];
  const unseen = plan.masked.length === 0 && contracts.some(({ protection }) => protection !== null);
  const masks = unseen
    ? [finding('masks', 'note', 'this role sees no masking policy', { remedy: MASKS_REMEDY })]
    : [];
  if (details.length === 0) return [finding('tables', 'fine', 'as the contracts say'), ...masks];
  const remedy = 'Run: zoner snowflake plan; zoner snowflake drift says who changed what';
  return [finding('tables', 'wrong', countOf(details.length, 'difference'), { details, remedy }), ...masks];
}

const MASKS_REMEDY = 'Run zoner snowflake drift with the role that deploys';
