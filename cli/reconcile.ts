import { setTimeout as sleep } from 'node:timers/promises';
import type { AddCommand } from '#cli/command.ts';
import { WAREHOUSE_GROUP } from '#cli/groups.ts';
import { type LetterSession, openLetters } from '#cli/letter-session.ts';
import { openScanDeps } from '#cli/open-scan.ts';
import { type ContractOptions, formatOption, moment, withContracts } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { printJson } from '#cli/print-json.ts';
import { startProgress } from '#cli/progress.ts';
import { Resources } from '#cli/resources.ts';
import { loadSettings, requireSnowflake } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { awaitGroup } from '#consumer/await-group.ts';
import { type ScanDeps, scan } from '#consumer/scan.ts';
import type { Contract } from '#contract/contract.ts';
import type { SnowflakeConfig } from '#core/config.ts';
import { ExitCode } from '#core/errors.ts';
import { APP_VERSION } from '#core/version.ts';
import { type Account, Books, isOfTopic, isReconciled } from '#dead-letters/account.ts';
import { healLetters } from '#dead-letters/heal.ts';
import { startWatch } from '#dead-letters/watch.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { readRowIdentities } from '#snowflake/row-identities.ts';

const SHOWN_PLACES = 20;
const POLL_MS = 200;
/** A group that commits nothing for so long, while records wait for it, is not at work. */
const PATIENCE_MS = 5000;

interface Options extends ContractOptions {
  /** Milliseconds since 1970. */
  readonly since?: number;
  readonly heal: boolean;
  readonly format: string;
}

/** `zoner reconcile`: every offset in exactly one state. */
export const addReconcile: AddCommand = (program, shell, finish) => {
  withContracts(program.command('reconcile'))
    .argument('[contracts...]', 'names of contracts; all if none is named')
    .option('--since <time>', 'only records written since then: an ISO time, or an age such as 24h', moment)
    .option('--no-heal', 'do not enter into the ledger which letters are rows by now')
    .addOption(formatOption('text', 'json'))
    .action(async (names: string[], options: Options) => {
      const accounts: Record<string, Account> = {};
      await using resources = new Resources();
      const session = await openLetters(shell, names, options, resources);
      const config = loadSettings(shell, options.env);
      const sources = {
        session,
        snowflake: requireSnowflake(config),
        scan: await openScanDeps(shell, config, resources),
        resources,
      };
      for (const contract of session.contracts)
        accounts[contract.name] = await accountOf(shell, contract, sources, options);
      if (options.format === 'json') printJson(shell, jsonOf(accounts));
      else
        for (const [name, account] of Object.entries(accounts)) printAccount(shell, name, account, options);
      finish(Object.values(accounts).every(isReconciled) ? ExitCode.ok : ExitCode.negative);
    });
};

interface Sources {
  readonly session: LetterSession;
  readonly snowflake: SnowflakeConfig;
  readonly scan: ScanDeps;
  readonly resources: Resources;
}

async function accountOf(
  shell: Shell,
  contract: Contract,
  { session, snowflake, scan: scanDeps, resources }: Sources,
  options: Options,
): Promise<Account> {
  const progress = startProgress(shell, `${contract.name}: reading letters, rows and records`);
  try {
    const { offsets } = scanDeps;
    const ends = await offsets.ranges(contract.topic);
    const awaitDeps = {
      offsets,
      clock: () => performance.now(),
      pause: () => sleep(POLL_MS, undefined, { signal: shell.signal }),
    };
    await awaitGroup(WAREHOUSE_GROUP, contract.topic, ends, PATIENCE_MS, awaitDeps);
    const committed = await offsets.committed(WAREHOUSE_GROUP, contract.topic);
    // Letters first, then rows: a record that becomes a row meanwhile has both, and a row counts.
    const watch = resources.use(await startWatch(session.readDeps(contract)));
    const warehouse = resources.use(createWarehouse(snowflake, { appVersion: APP_VERSION }));
    const rows = await readRowIdentities(warehouse, snowflake, contract.table, contract.topic, options.since);
    const books = new Books(
      rows,
      [...watch.book.all()].filter(({ id }) => isOfTopic(id, contract.topic)),
      committed,
      watch.erased,
    );
    const since = options.since === undefined ? null : BigInt(Math.floor(options.since));
    await scan(contract.topic, scanDeps, (record) => {
      const isOld = since !== null && record.timestamp < since;
      // What arrived after the start is the business of the next time.
      const isNew = record.offset >= (ends.get(record.partition)?.high ?? 0n);
      if (!isOld && !isNew) books.enter(record);
    });
    const account = books.close();
    if (options.heal && account.unmarked.length > 0)
      await healLetters(account.unmarked, await session.writeDeps(contract, 'reconcile'));
    return account;
  } finally {
    progress.stop();
  }
}

function printAccount(shell: Shell, name: string, account: Account, { heal }: Options): void {
  const { produced, rows, parked, discarded, skipped, deadLetters, waiting } = account;
  const { erased, gaps, unread, doubles, returned, unmarked } = account;
  const parts = [
    countOf(rows, 'row'),
    ...(erased > 0 ? [`${erased} erased`] : []),
    ...(parked > 0 ? [`${parked} parked`] : []),
    ...(discarded > 0 ? [`${discarded} discarded`] : []),
    `${countOf(deadLetters, 'open dead letter')}${waiting > 0 ? ` (${waiting} of them replayed)` : ''}`,
    `${skipped} skipped`,
    ...(unread > 0 ? [`${unread} not consumed yet`] : []),
    ...(gaps.length > 0 ? [`${gaps.length} in no state`] : []),
  ];
  const verdict = isReconciled(account)
    ? shell.style('green', 'reconciled')
    : shell.style('red', 'not reconciled');
  shell.print(`${name}: ${produced} produced = ${parts.join(' + ')}: ${verdict}`);
  for (const { partition, offset } of gaps.slice(0, SHOWN_PLACES))
    shell.print(`  gap at partition ${partition}, offset ${offset}`);
  for (const { partition, offset, rows: copies } of doubles.slice(0, SHOWN_PLACES)) {
    shell.print(`  ${copies} rows of partition ${partition}, offset ${offset}`);
  }
  if (returned.length > 0) {
    const what = `${countOf(returned.length, 'row')} of erased records: run zoner forget again`;
    shell.print(`  ${what}`);
  }
  if (unmarked.length > 0) {
    const what = heal ? 'entered into the ledger now' : 'not entered into the ledger';
    shell.print(`  ${countOf(unmarked.length, 'letter')} whose record is a row: ${what}`);
  }
}

function jsonOf(accounts: Readonly<Record<string, Account>>): unknown {
  return Object.fromEntries(
    Object.entries(accounts).map(([name, { unmarked, ...account }]) => {
      return [
        name,
        {
          ...account,
          unmarked: unmarked.map(({ id }) => id),
          reconciled: isReconciled({ ...account, unmarked }),
        },
      ];
    }),
  );
}
