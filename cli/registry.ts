import type { AddCommand } from '#cli/command.ts';
import { loadLintedContracts } from '#cli/lint-gate.ts';
import { type ContractOptions, contractsFolder, formatOption, withContracts } from '#cli/options.ts';
import { countOf, printApplied, printPlan } from '#cli/plan-lines.ts';
import { startProgress } from '#cli/progress.ts';
import { type Pulled, pullLock } from '#cli/registry-lock.ts';
import { LOCAL, loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import type { Contract } from '#contract/contract.ts';
import { LOCK_FILE } from '#contract/lock/lock.ts';
import { applyRegistry, readRegistryPlan } from '#registry/apply.ts';
import { createRegistryClient, type RegistryClient } from '#registry/client.ts';
import { desiredSubjects } from '#registry/desired.ts';

/** `zoner registry pull|plan|apply`: what the contracts want registered, against what is. */
export const addRegistry: AddCommand = (program, shell, finish) => {
  const registry = program
    .command('registry')
    .description('compare the registry with the contracts, and register');
  withContracts(registry.command('pull'))
    .description(`write what the registry of a named environment holds into ${LOCK_FILE}`)
    .action(async (options: ContractOptions) => {
      const { client, contracts } = await open(shell, options);
      printPulled(shell, options, await pull(shell, options, client, contracts));
    });
  withContracts(registry.command('plan'))
    .description('print what apply would do; exit 2 if that is anything')
    .addOption(formatOption('text', 'json'))
    .action(async (options: ContractOptions & { format: string }) => {
      const { changes } = await read(shell, options);
      finish(printPlan(shell, 'registry', changes, options.format));
    });
  withContracts(registry.command('apply'))
    .description('set compatibility levels, then register schemas, referenced types first')
    .action(async (options: ContractOptions) => {
      const { client, contracts, desired, changes } = await read(shell, options);
      const held = await applyRegistry(client, changes, desired, (change) => printApplied(shell, change));
      for (const { subject } of desired) {
        const found = held.get(subject);
        shell.print(`  ${subject} version ${found?.version}, id ${found?.id}`);
      }
      shell.print(`registry: ${countOf(changes.length, 'change')} made`);
      if (options.env !== LOCAL) printPulled(shell, options, await pull(shell, options, client, contracts));
    });
};

async function open(shell: Shell, options: ContractOptions) {
  const settings = loadSettings(shell, options.env);
  const contracts = await loadLintedContracts(shell, options);
  return { contracts, client: createRegistryClient(settings.registry) };
}

async function read(shell: Shell, options: ContractOptions) {
  const { client, contracts } = await open(shell, options);
  const desired = desiredSubjects(contracts);
  return { client, contracts, desired, changes: await readRegistryPlan(client, desired) };
}

async function pull(
  shell: Shell,
  options: ContractOptions,
  client: RegistryClient,
  contracts: readonly Contract[],
): Promise<Pulled> {
  const progress = startProgress(shell, 'reading the registry');
  try {
    return await pullLock(client, options.env, contractsFolder(shell, options), contracts, (read) =>
      progress.update(`reading the registry: ${countOf(read, 'version')}`),
    );
  } finally {
    progress.stop();
  }
}

function printPulled(shell: Shell, options: ContractOptions, { versions, added, changed }: Pulled): void {
  const file = `${options.schemas}/${LOCK_FILE}`;
  const held = `${options.env} holds ${countOf(versions, 'version')}`;
  shell.print(
    changed ? `${file}: written; ${held}, ${added} new to the lock` : `${file}: unchanged; ${held}`,
  );
}
