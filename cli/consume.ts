import { setTimeout as sleep } from 'node:timers/promises';
import type { AddCommand } from '#cli/command.ts';
import { printTally, runConsumption } from '#cli/consumption.ts';
import {
  type ContractOptions,
  contractsFolder,
  positiveInteger,
  selectContracts,
  withContracts,
} from '#cli/options.ts';
import { Resources } from '#cli/resources.ts';
import { loadSettings, requireSnowflake } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { tellIfLocal } from '#cli/snowflake.ts';
import { APP_VERSION } from '#cli/version.ts';
import { loadContracts } from '#contract/load.ts';
import { ZonerError } from '#core/errors.ts';
import { readTablesPlan } from '#snowflake/apply.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { createSink, SINK_DEFAULTS } from '#snowflake/sink.ts';

/** The group that loads the warehouse, and the only one that writes dead letters. */
export const WAREHOUSE_GROUP = 'zoner-warehouse';

interface Options extends ContractOptions {
  readonly untilEnd?: true;
  readonly sessionTimeout: number;
}

/** `zoner consume`: records to rows, broken records to the dead letter topic. */
export const addConsume: AddCommand = (program, shell) => {
  withContracts(program.command('consume'))
    .description('load records into Snowflake; broken ones go to the dead letter topic, byte for byte')
    .argument('[contracts...]', 'names of contracts; all if none is named')
    .option('--until-end', 'end when everything that is there now is done')
    .option(
      '--session-timeout <ms>',
      'how long the group waits for a member that died',
      positiveInteger,
      45_000,
    )
    .action(async (names: string[], options: Options) => run(shell, names, options));
};

async function run(shell: Shell, names: readonly string[], options: Options): Promise<void> {
  await using resources = new Resources();
  const config = loadSettings(shell, options.env);
  const snowflake = requireSnowflake(config);
  const all = await loadContracts(contractsFolder(shell, options));
  const contracts = selectContracts(all, names);
  const warehouse = resources.use(createWarehouse(snowflake, { appVersion: APP_VERSION }));
  tellIfLocal(shell, snowflake);
  const missing = await readTablesPlan(warehouse, contracts, snowflake);
  if (missing[0] !== undefined) {
    throw new ZonerError(
      'TABLE_MISSING',
      `the warehouse is not ready: ${missing.map(({ description }) => description).join('; ')}`,
    );
  }
  const deps = {
    warehouse,
    place: snowflake,
    options: SINK_DEFAULTS,
    now: Date.now,
    pause: (ms: number) => sleep(ms),
  };
  const counts = await runConsumption(shell, config, {
    group: WAREHOUSE_GROUP,
    contracts: contracts.map((contract) => ({ contract, sink: createSink(contract, deps) })),
    keepsLetters: true,
    untilEnd: options.untilEnd === true,
    sessionTimeoutMs: options.sessionTimeout,
  });
  printTally(shell, counts);
}
