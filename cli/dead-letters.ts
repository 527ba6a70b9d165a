import type { AddCommand } from '#cli/command.ts';
import { openScan } from '#cli/open-scan.ts';
import {
  type ContractOptions,
  contractsFolder,
  formatOption,
  selectContracts,
  withContracts,
} from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { printJson } from '#cli/print-json.ts';
import { Resources } from '#cli/resources.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { renderTable } from '#cli/table.ts';
import { byCause, type Cause, type Letter, readLetter } from '#consumer/letters.ts';
import { loadContracts } from '#contract/load.ts';
import { topicNames } from '#contract/topic-names.ts';

/** `zoner dead-letters list`: why records were refused. */
export const addDeadLetters: AddCommand = (program, shell) => {
  const deadLetters = program.command('dead-letters');
  withContracts(deadLetters.command('list'))
    .description('dead letters by cause: how many, since when, and one of them')
    .argument('[contracts...]', 'names of contracts; all if none is named')
    .addOption(formatOption('text', 'json'))
    .action(async (names: string[], options: ContractOptions & { format: string }) => {
      const causes = await readCauses(shell, names, options);
      if (options.format === 'json') printJson(shell, causes);
      else for (const [name, list] of Object.entries(causes)) printCauses(shell, name, list);
    });
};

async function readCauses(
  shell: Shell,
  names: readonly string[],
  options: ContractOptions,
): Promise<Record<string, readonly Cause[]>> {
  await using resources = new Resources();
  const config = loadSettings(shell, options.env);
  const contracts = selectContracts(await loadContracts(contractsFolder(shell, options)), names);
  const scan = await openScan(shell, config, resources);
  const causes: Record<string, readonly Cause[]> = {};
  for (const contract of contracts) {
    const letters: Letter[] = [];
    await scan(topicNames(contract.topic).deadLetters, (record) => {
      const letter = readLetter(record);
      if (letter !== null) letters.push(letter);
    });
    causes[contract.name] = byCause(letters);
  }
  return causes;
}

function printCauses(shell: Shell, name: string, causes: readonly Cause[]): void {
  const total = causes.reduce((sum, { count }) => sum + count, 0);
  shell.print(`${name}: ${countOf(total, 'dead letter')}`);
  if (total === 0) return;
  const columns = [
    { title: 'code' },
    { title: 'schema id', align: 'right' as const },
    { title: 'letters', align: 'right' as const },
    { title: 'first' },
    { title: 'reason of one of them' },
  ];
  const rows = causes.map(({ code, schemaId, count, firstFailedAt, sample }) => {
    return [code, schemaId ?? '-', count, new Date(Number(firstFailedAt)).toISOString(), sample.reason];
  });
  shell.print(renderTable(shell, columns, rows));
}
