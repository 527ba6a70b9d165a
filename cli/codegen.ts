import { join } from 'node:path';
import type { AddCommand } from '#cli/command.ts';
import { loadLintedContracts } from '#cli/lint-gate.ts';
import { contractsFolder } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { reportError } from '#cli/report-error.ts';
import { schemaHistory } from '#cli/schema-history.ts';
import type { Shell } from '#cli/shell.ts';
import { watchSchemas } from '#cli/watch-schemas.ts';
import { compare, type FileChange } from '#codegen/compare.ts';
import { describeStale } from '#codegen/describe-stale.ts';
import { applyChanges, readGenerated } from '#codegen/files.ts';
import { ExitCode, ZonerError } from '#core/errors.ts';
import { tableDdl } from '#snowflake/table-ddl.ts';

interface Options {
  readonly schemas: string;
  readonly check?: true;
  readonly watch?: true;
}

/** `zoner codegen`: types, JSON Schema and DDL from the contracts. */
export const addCodegen: AddCommand = (program, shell, finish) => {
  program
    .command('codegen')
    .option('--schemas <dir>', 'folder of the contracts', 'schemas')
    .option('--check', 'write nothing; exit 1 and show what differs if a file is stale, missing or orphaned')
    .option('--watch', 'go on, and write again whenever a schema or a contract is saved')
    .action(async (options: Options) => {
      if (options.check && options.watch)
        throw new ZonerError('USAGE', '--check looks once; it cannot be had with --watch');
      if (options.watch) await watch(shell, options);
      else if (options.check) finish(report(shell, options, await planFiles(shell, options)));
      else print(shell, options, await writeFiles(shell, options));
    });
};

async function planFiles(shell: Shell, options: Options): Promise<readonly FileChange[]> {
  const contracts = await loadLintedContracts(shell, options);
  const historyOf = await schemaHistory(contractsFolder(shell, options));
  const { generate } = await import('#codegen/generate.ts');
  return compare(
    await generate(contracts, { tableDdl: (contract) => tableDdl(contract, historyOf(contract)) }),
    await readGenerated(generatedFolder(shell, options)),
  );
}

/** Brings the generated files to what the contracts say, and gives what became of each. */
export async function writeFiles(
  shell: Shell,
  options: { readonly schemas: string },
): Promise<readonly FileChange[]> {
  const changes = await planFiles(shell, options);
  await applyChanges(generatedFolder(shell, options), changes);
  return changes;
}

function generatedFolder(shell: Shell, options: { readonly schemas: string }): string {
  return join(contractsFolder(shell, options), 'generated');
}

function print(shell: Shell, { schemas }: Options, changes: readonly FileChange[]): void {
  for (const { path, state } of changes) {
    const word = state.padEnd(9);
    const coloured = state === 'unchanged' ? shell.style('dim', word) : shell.style('green', word);
    shell.print(`${coloured} ${schemas}/generated/${path}`);
  }
}

async function watch(shell: Shell, options: Options): Promise<void> {
  const run = async (): Promise<void> => {
    try {
      const changes = await writeFiles(shell, options);
      const changed = changes.filter(({ state }) => state !== 'unchanged');
      print(shell, options, changed);
      shell.tell(`${countOf(changed.length, 'file')} changed, ${changes.length - changed.length} unchanged`);
    } catch (error) {
      // The person is in the middle of an edit; the next save may put it right.
      reportError(error, shell);
    }
  };
  await run();
  shell.tell(`watching ${options.schemas}; Ctrl-C ends it`);
  await watchSchemas(contractsFolder(shell, options), run, shell.signal);
}

function report(shell: Shell, { schemas }: Options, changes: readonly FileChange[]): ExitCode {
  const stale = changes.filter(({ state }) => state !== 'unchanged');
  for (const change of stale) {
    const lines = describeStale(`${schemas}/generated/${change.path}`, change).split('\n');
    for (const line of lines) shell.print(coloured(shell, line));
  }
  if (stale.length === 0) {
    shell.print(`${countOf(changes.length, 'generated file')} as the schemas say`);
    return ExitCode.ok;
  }
  shell.tell(`${countOf(stale.length, 'generated file')} not as the schemas say. Run: zoner codegen`);
  return ExitCode.negative;
}

function coloured(shell: Shell, line: string): string {
  if (line.startsWith('  +')) return shell.style('green', line);
  if (line.startsWith('  -')) return shell.style('red', line);
  return line.startsWith('  @@') ? shell.style('cyan', line) : line;
}
