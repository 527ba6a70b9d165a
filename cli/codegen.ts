import { join } from 'node:path';
import type { AddCommand } from '#cli/command.ts';
import { loadLintedContracts } from '#cli/lint-gate.ts';
import { contractsFolder } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import type { Shell } from '#cli/shell.ts';
import { compare, type FileChange } from '#codegen/compare.ts';
import { describeStale } from '#codegen/describe-stale.ts';
import { applyChanges, readGenerated } from '#codegen/files.ts';
import { ExitCode } from '#core/errors.ts';
import { tableDdl } from '#snowflake/table-ddl.ts';

interface Options {
  readonly schemas: string;
  readonly check?: true;
}

/** `zoner codegen`: types, JSON Schema and DDL from the contracts. */
export const addCodegen: AddCommand = (program, shell, finish) => {
  program
    .command('codegen')
    .description('write TypeScript types, JSON Schema and DDL for every contract into schemas/generated')
    .option('--schemas <dir>', 'folder of the contracts', 'schemas')
    .option('--check', 'write nothing; exit 1 and show what differs if a file is stale, missing or orphaned')
    .action(async (options: Options) => {
      const folder = join(contractsFolder(shell, options), 'generated');
      const contracts = await loadLintedContracts(contractsFolder(shell, options));
      const { generate } = await import('#codegen/generate.ts');
      const changes = compare(await generate(contracts, { tableDdl }), await readGenerated(folder));
      if (options.check) return finish(report(shell, options.schemas, changes));
      await applyChanges(folder, changes);
      for (const { path, state } of changes)
        shell.print(`${state.padEnd(9)} ${options.schemas}/generated/${path}`);
    });
};

function report(shell: Shell, schemas: string, changes: readonly FileChange[]): ExitCode {
  const stale = changes.filter(({ state }) => state !== 'unchanged');
  for (const change of stale) shell.print(describeStale(`${schemas}/generated/${change.path}`, change));
  if (stale.length === 0) {
    shell.print(`${countOf(changes.length, 'generated file')} as the schemas say`);
    return ExitCode.ok;
  }
  shell.tell(`${countOf(stale.length, 'generated file')} not as the schemas say. Run: zoner codegen`);
  return ExitCode.negative;
}
