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
import { loadSettings, requireSnowflake } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { APP_VERSION } from '#cli/version.ts';
import { type Account, isReconciled, Ledger, type Place } from '#consumer/account.ts';
import { readLetter } from '#consumer/letters.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import { topicNames } from '#contract/topic-names.ts';
import type { Config } from '#core/config.ts';
import { ExitCode } from '#core/errors.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { readRowIdentities } from '#snowflake/row-identities.ts';

const SHOWN_PLACES = 20;

/** `zoner reconcile`: every offset in exactly one state. */
export const addReconcile: AddCommand = (program, shell, finish) => {
  withContracts(program.command('reconcile'))
    .argument('[contracts...]', 'names of contracts; all if none is named')
    .addOption(formatOption('text', 'json'))
    .action(async (names: string[], options: ContractOptions & { format: string }) => {
      const config = loadSettings(shell, options.env);
      const contracts = selectContracts(await loadContracts(contractsFolder(shell, options)), names);
      const accounts: Record<string, Account> = {};
      for (const contract of contracts) accounts[contract.name] = await accountOf(shell, config, contract);
      if (options.format === 'json') printJson(shell, accounts);
      else for (const [name, account] of Object.entries(accounts)) printAccount(shell, name, account);
      finish(Object.values(accounts).every(isReconciled) ? ExitCode.ok : ExitCode.negative);
    });
};

async function accountOf(shell: Shell, config: Config, contract: Contract): Promise<Account> {
  await using resources = new Resources();
  const snowflake = requireSnowflake(config);
  const scan = await openScan(shell, config, resources);
  const warehouse = resources.use(createWarehouse(snowflake, { appVersion: APP_VERSION }));
  const rows = await readRowIdentities(warehouse, snowflake, contract.table, contract.topic);
  const letters: Place[] = [];
  await scan(topicNames(contract.topic).deadLetters, (record) => {
    const letter = readLetter(record);
    if (letter?.source.topic === contract.topic) letters.push(letter.source);
  });
  const ledger = new Ledger(rows, letters);
  await scan(contract.topic, (record) => ledger.enter(record));
  return ledger.close();
}

function printAccount(shell: Shell, name: string, account: Account): void {
  const { produced, rows, deadLetters, skipped, gaps, doubles } = account;
  const sum = `${produced} produced = ${countOf(rows, 'row')} + ${countOf(deadLetters, 'dead letter')} + ${skipped} skipped`;
  const verdict = isReconciled(account)
    ? shell.style('green', 'reconciled')
    : shell.style('red', 'not reconciled');
  shell.print(`${name}: ${sum}${gaps.length > 0 ? ` + ${gaps.length} in no state` : ''}: ${verdict}`);
  for (const { partition, offset } of gaps.slice(0, SHOWN_PLACES))
    shell.print(`  gap at partition ${partition}, offset ${offset}`);
  for (const { partition, offset, rows: copies } of doubles.slice(0, SHOWN_PLACES)) {
    shell.print(`  ${copies} rows of partition ${partition}, offset ${offset}`);
  }
}
