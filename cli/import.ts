import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AddCommand } from '#cli/command.ts';
import { writeFolder } from '#cli/new-contract.ts';
import { type ContractOptions, contractsFolder, withContracts } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { startProgress } from '#cli/progress.ts';
import { printPulled, pull } from '#cli/registry.ts';
import { requireNamed } from '#cli/registry-lock.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { loadContracts } from '#contract/load.ts';
import type { HeldSubject } from '#contract/lock/merge-lock.ts';
import { createRegistryClient, type RegistryClient } from '#registry/client.ts';
import { planImport } from '#registry/import-plan.ts';
import { levelOf, readHistory } from '#registry/pull.ts';

/** `zoner import`: contracts out of the subjects of a registry that is in use. */
export const addImport: AddCommand = (program, shell) => {
  withContracts(program.command('import')).action(async (options: ContractOptions) => {
    requireNamed(options.env);
    const client = createRegistryClient(loadSettings(shell, options.env).registry);
    const held = await readAll(shell, client);
    const plan = planImport(held, levelOf(await client.globalLevel()) ?? 'BACKWARD');
    let written = 0;
    for (const { name, files } of plan.contracts) {
      const path = `${options.schemas}/${name}`;
      const folder = join(contractsFolder(shell, options), name);
      if (existsSync(folder)) {
        shell.print(`unchanged ${path}`);
        continue;
      }
      await writeFolder(folder, files);
      for (const file of files.keys()) shell.print(`written   ${path}/${file}`);
      written += 1;
    }
    for (const { subject, reason } of plan.skipped) shell.tell(`left out ${subject}: ${reason}`);
    const contracts = await loadContracts(contractsFolder(shell, options));
    printPulled(shell, options, await pull(shell, options, client, contracts));
    shell.tell(
      `${countOf(written, 'contract')} written. Read the keys in contract.json, then run: zoner lint && zoner codegen`,
    );
  });
};

async function readAll(shell: Shell, client: RegistryClient): Promise<readonly HeldSubject[]> {
  const progress = startProgress(shell, 'reading the registry');
  let read = 0;
  try {
    // Schemas of other kinds are nobody's contract here, and no reason to stop.
    return await readHistory(client, await client.subjects(), {
      onVersion: () => {
        read += 1;
        progress.update(`reading the registry: ${countOf(read, 'version')}`);
      },
      skipOthers: true,
    });
  } finally {
    progress.stop();
  }
}
