import type { AddCommand } from '#cli/command.ts';
import { loadLintedFiles } from '#cli/lint-gate.ts';
import { type ContractOptions, contractsFolder, formatOption, withContracts } from '#cli/options.ts';
import { countOf, printApplied, printPlan } from '#cli/plan-lines.ts';
import { startProgress } from '#cli/progress.ts';
import { isRefused, judgeAgainstRegistry, requireCompatible, tellRefusal } from '#cli/registry-gate.ts';
import { type Pulled, pullLock } from '#cli/registry-lock.ts';
import { LOCAL, loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import { LOCK_FILE, type RegistryLock } from '#contract/lock/lock.ts';
import { readLock } from '#contract/lock/lock-file.ts';
import { ExitCode, ZonerError } from '#core/errors.ts';
import { applyRegistry, readRegistryPlan } from '#registry/apply.ts';
import { createRegistryClient, type RegistryClient } from '#registry/client.ts';
import { desiredSubjects } from '#registry/desired.ts';
import { findDrift } from '#registry/drift.ts';
import { readHistory, subjectsToPull } from '#registry/pull.ts';

/** `zoner registry pull|plan|apply|drift`: what the contracts want registered, against what is. */
export const addRegistry: AddCommand = (program, shell, finish) => {
  const registry = program.command('registry');
  withContracts(registry.command('pull'))
    .description(`write what the registry of a named environment holds into ${LOCK_FILE}`)
    .action(async (options: ContractOptions) => {
      const { client, contracts } = await openUnlinted(shell, options);
      printPulled(shell, options, await pull(shell, options, client, contracts));
    });
  withContracts(registry.command('plan'))
    .description('print what apply would do; exit 2 if that is anything, 1 if apply would refuse')
    .addOption(formatOption('text', 'json'))
    .action(async (options: ContractOptions & { format: string }) => {
      const { changes, verdict } = await readRegistry(shell, options);
      const code = printPlan(shell, 'registry', changes, options.format);
      if (isRefused(verdict)) tellRefusal(shell, verdict, options.schemas);
      finish(isRefused(verdict) ? ExitCode.negative : code);
    });
  withContracts(registry.command('apply'))
    .description(
      'set compatibility levels, then register schemas, referenced types first; refuse what check refuses',
    )
    .action((options: ContractOptions) => applyToRegistry(shell, options));
  withContracts(registry.command('drift'))
    .description(
      'print what was changed in the registry beside the lock and the contracts; exit 2 if anything was',
    )
    .addOption(formatOption('text', 'json'))
    .action(async (options: ContractOptions & { format: string }) => {
      const { client, contracts } = await openUnlinted(shell, options);
      const lock = await requireLock(contractsFolder(shell, options));
      const held = await readHistory(client, subjectsToPull(contracts, lock));
      const drift = findDrift(lock, options.env, held, desiredSubjects(contracts));
      finish(printPlan(shell, 'drift', drift, options.format));
    });
};

/** `zoner registry apply`; also a step of `zoner apply`. @throws ZonerError CHECK_REFUSED, and as the client */
export async function applyToRegistry(shell: Shell, options: ContractOptions): Promise<void> {
  const { client, contracts, desired, changes, verdict } = await readRegistry(shell, options);
  requireCompatible(shell, verdict, options.schemas);
  const held = await applyRegistry(client, changes, desired, (change) => printApplied(shell, change));
  for (const { subject } of desired) {
    const found = held.get(subject);
    shell.print(`  ${subject} version ${found?.version}, id ${found?.id}`);
  }
  shell.print(`registry: ${countOf(changes.length, 'change')} made`);
  if (options.env !== LOCAL) printPulled(shell, options, await pull(shell, options, client, contracts));
}

async function requireLock(folder: string): Promise<RegistryLock> {
  const lock = await readLock(folder);
  if (lock !== null) return lock;
  throw new ZonerError('LOCK_MISSING', `there is no ${LOCK_FILE} to compare the registry with`);
}

/** For commands that only read: what lint has against a contract does not keep anybody from looking. */
async function openUnlinted(shell: Shell, options: ContractOptions) {
  const settings = loadSettings(shell, options.env);
  const contracts = await loadContracts(contractsFolder(shell, options));
  return { contracts, client: createRegistryClient(settings.registry) };
}

async function open(shell: Shell, options: ContractOptions) {
  const settings = loadSettings(shell, options.env);
  const loaded = await loadLintedFiles(shell, options);
  const contracts = loaded.map(({ contract }) => contract);
  return { loaded, contracts, client: createRegistryClient(settings.registry) };
}

export async function readRegistry(shell: Shell, options: ContractOptions) {
  const { client, loaded, contracts } = await open(shell, options);
  const desired = desiredSubjects(contracts);
  const verdict = await judgeAgainstRegistry(client, options.env, loaded);
  return { client, contracts, desired, verdict, changes: await readRegistryPlan(client, desired) };
}

/** Pulls, with progress for whoever watches. @throws ZonerError as `pullLock` */
export async function pull(
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

export function printPulled(
  shell: Shell,
  options: ContractOptions,
  { versions, added, changed }: Pulled,
): void {
  const file = `${options.schemas}/${LOCK_FILE}`;
  const held = `${options.env} holds ${countOf(versions, 'version')}`;
  shell.print(
    changed ? `${file}: written; ${held}, ${added} new to the lock` : `${file}: unchanged; ${held}`,
  );
}
