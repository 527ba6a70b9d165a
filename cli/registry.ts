import type { Command } from 'commander';
import type { AddCommand } from '#cli/command.ts';
import { loadLintedContracts } from '#cli/lint-gate.ts';
import { type ContractOptions, contractsFolder, formatOption, withContracts } from '#cli/options.ts';
import { countOf, printApplied, printPlan } from '#cli/plan-lines.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { applyRegistry, readRegistryPlan } from '#registry/apply.ts';
import { createRegistryClient } from '#registry/client.ts';
import { desiredSubjects } from '#registry/desired.ts';

/** `zoner registry plan|apply`: what the contracts want registered, against what is. */
export const addRegistry: AddCommand = (program, shell, finish) => {
  const registry = program
    .command('registry')
    .description('compare the registry with the contracts, and register');
  withContracts(registry.command('plan'))
    .description('print what apply would do; exit 2 if that is anything')
    .addOption(formatOption('text', 'json'))
    .action(async (options: ContractOptions & { format: string }) => {
      const { changes } = await read(shell, options);
      finish(printPlan(shell, 'registry', changes, options.format));
    });
  withContracts(registry.command('apply') as Command)
    .description('set compatibility levels, then register schemas, referenced types first')
    .action(async (options: ContractOptions) => {
      const { client, desired, changes } = await read(shell, options);
      const held = await applyRegistry(client, changes, desired, (change) => printApplied(shell, change));
      for (const { subject } of desired) {
        const found = held.get(subject);
        shell.print(`  ${subject} version ${found?.version}, id ${found?.id}`);
      }
      shell.print(`registry: ${countOf(changes.length, 'change')} made`);
    });
};

async function read(shell: Shell, options: ContractOptions) {
  const settings = loadSettings(shell, options.env);
  const desired = desiredSubjects(await loadLintedContracts(contractsFolder(shell, options)));
  const client = createRegistryClient(settings.registry);
  return { client, desired, changes: await readRegistryPlan(client, desired) };
}
