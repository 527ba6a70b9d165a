import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, Option } from 'commander';
import type { AddCommand } from '#cli/command.ts';
import { printTally, runConsumption } from '#cli/consumption.ts';
import { WAREHOUSE_GROUP } from '#cli/groups.ts';
import {
  type ContractOptions,
  contractsFolder,
  portNumber,
  positiveInteger,
  seconds,
  selectContracts,
  withContracts,
} from '#cli/options.ts';
import { Resources } from '#cli/resources.ts';
import { schemaHistory } from '#cli/schema-history.ts';
import { loadSettings, requireSnowflake } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { tellIfLocal } from '#cli/snowflake-session.ts';
import { REFUSAL_CODES, type RefusalCode } from '#consumer/outcome.ts';
import { outcomeLines } from '#consumer/outcome-lines.ts';
import { loadContracts } from '#contract/load.ts';
import { ZonerError } from '#core/errors.ts';
import { APP_VERSION } from '#core/version.ts';
import { readDeployPlan } from '#snowflake/apply.ts';
import type { DeployPlan } from '#snowflake/deploy-plan.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { createSink, SINK_DEFAULTS } from '#snowflake/sink.ts';

interface Options extends ContractOptions {
  readonly untilEnd?: true;
  readonly sessionTimeout: number;
  readonly accept: readonly RefusalCode[];
  readonly unknownWait?: number;
  readonly healthPort?: number;
  readonly drain: number;
  readonly print?: true;
}

/** `zoner consume`: records to rows, broken records to the dead letter topic. */
export const addConsume: AddCommand = (program, shell) => {
  withContracts(program.command('consume'))
    .argument('[contracts...]', 'names of contracts; all if none is named')
    .option('--until-end', 'end when everything that is there now is done')
    .option(
      '--session-timeout <ms>',
      'how long the group waits for a member that died',
      positiveInteger,
      45_000,
    )
    .addOption(
      new Option('--accept <code>', 'refuse records with this code, however many there are; may be repeated')
        .choices(REFUSAL_CODES)
        .argParser((code: string, before: readonly string[]) => {
          if (!(REFUSAL_CODES as readonly string[]).includes(code))
            throw new InvalidArgumentError(`one of these is needed: ${REFUSAL_CODES.join(', ')}`);
          return [...before, code];
        })
        .default([], 'none'),
    )
    .option(
      '--unknown-wait <s>',
      'how long ids that the registry does not know are asked for (60, or 2 with --until-end)',
      seconds,
    )
    .option('--health-port <port>', 'answer GET /live, /ready and /metrics there', portNumber)
    .option('--drain <s>', 'how long a stopped consumer may take to finish what it began', seconds, 20)
    .option('--print', 'print what became of each record, one JSON object a line')
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
  const historyOf = await schemaHistory(contractsFolder(shell, options));
  const histories = contracts.map((contract) => ({ contract, history: historyOf(contract) }));
  requireTables(await readDeployPlan(warehouse, histories, snowflake));
  const deps = {
    warehouse,
    place: snowflake,
    options: SINK_DEFAULTS,
    now: Date.now,
    pause: (ms: number) => sleep(ms),
  };
  const counts = await runConsumption(shell, config, {
    group: WAREHOUSE_GROUP,
    contracts: contracts.map((contract) => {
      return { contract, sink: createSink(contract, deps, historyOf(contract)), readsRetries: true };
    }),
    keepsLetters: true,
    untilEnd: options.untilEnd === true,
    sessionTimeoutMs: options.sessionTimeout,
    accept: options.accept,
    ...(options.unknownWait === undefined ? {} : { unknownWaitMs: options.unknownWait * 1000 }),
    drainMs: options.drain * 1000,
    ...(options.healthPort === undefined ? {} : { healthPort: options.healthPort }),
    ...(options.print === true
      ? { onBatch: (contract, outcome) => printLines(shell, outcomeLines(contract, outcome)) }
      : {}),
  });
  printTally(options.print === true ? { ...shell, print: shell.tell } : shell, counts);
}

function printLines(shell: Shell, lines: readonly string[]): void {
  for (const line of lines) shell.print(line);
}

/** What has to be done before rows of the contract can be written; views, comments and NOT NULL may follow later. */
const NEEDED = new Set([
  'create-database',
  'create-schema',
  'create-table',
  'rename-column',
  'add-column',
  'widen-column',
  'drop-not-null',
]);

/** @throws ZonerError TABLE_MISSING, TABLE_DIFFERS */
function requireTables({ steps, refusals }: DeployPlan): void {
  const refused = refusals.filter(
    ({ object }) => !steps.some((step) => step.object === object && !NEEDED.has(step.kind)),
  );
  if (refused.length > 0)
    throw new ZonerError('TABLE_DIFFERS', refused.map(({ reason }) => reason).join('\n'));
  const missing = steps.filter(({ kind }) => NEEDED.has(kind));
  if (missing.length === 0) return;
  const what = missing.map(({ description }) => description).join('; ');
  throw new ZonerError('TABLE_MISSING', `the warehouse is not ready: ${what}`);
}
