import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, Option } from 'commander';
import type { AddCommand } from '#cli/command.ts';
import { overwriteRows } from '#cli/consume-overwrite.ts';
import { printTally, runConsumption, tallyJson } from '#cli/consumption.ts';
import { WAREHOUSE_GROUP } from '#cli/groups.ts';
import { openTables } from '#cli/open-tables.ts';
import {
  type ContractOptions,
  formatOption,
  moment,
  portNumber,
  positiveInteger,
  seconds,
  withContracts,
} from '#cli/options.ts';
import { printJson } from '#cli/print-json.ts';
import { Resources } from '#cli/resources.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { REFUSAL_CODES, type RefusalCode } from '#consumer/outcome.ts';
import { outcomeLines } from '#consumer/outcome-lines.ts';
import { ZonerError } from '#core/errors.ts';
import { createSink, SINK_DEFAULTS } from '#snowflake/sink.ts';

interface Options extends ContractOptions {
  readonly untilEnd?: true;
  readonly sessionTimeout: number;
  readonly accept: readonly RefusalCode[];
  readonly unknownWait?: number;
  readonly healthPort?: number;
  readonly drain: number;
  readonly print?: true;
  readonly format: string;
  /** Milliseconds since 1970. */
  readonly from?: number;
  readonly overwrite?: true;
  readonly dryRun?: true;
}

/** `zoner consume`: records to rows, broken records to the dead letter topic. */
export const addConsume: AddCommand = (program, shell, finish) => {
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
    .addOption(formatOption('text', 'json'))
    .option(
      '--from <time>',
      'with --overwrite: records written since then, an ISO time or an age such as 24h',
      moment,
    )
    .addOption(
      new Option(
        '--overwrite',
        'write the rows of the range anew, in place, with what its retained records are decoded to now',
      ).conflicts(['untilEnd', 'print', 'healthPort', 'unknownWait', 'accept', 'drain', 'sessionTimeout']),
    )
    .addOption(new Option('--dry-run', 'with --overwrite: count, and write nothing'))
    .action(async (names: string[], { from, overwrite, dryRun, ...options }: Options) => {
      if (overwrite !== true) {
        if (from !== undefined || dryRun === true) throw new ZonerError('USAGE', FROM_ALONE);
        return run(shell, names, options);
      }
      if (from === undefined) throw new ZonerError('USAGE', OVERWRITE_ALONE);
      finish(await overwriteRows(shell, names, { ...options, from, ...(dryRun === true ? { dryRun } : {}) }));
    });
};

const FROM_ALONE =
  'consumers begin where their group has committed; --from and --dry-run belong to --overwrite, which writes the rows of a range anew';
const OVERWRITE_ALONE = '--overwrite needs to know since when: add --from, an ISO time or an age such as 24h';

async function run(shell: Shell, names: readonly string[], options: Options): Promise<void> {
  await using resources = new Resources();
  const config = loadSettings(shell, options.env);
  const { warehouse, place, contracts } = await openTables(shell, config, options, names, resources);
  const deps = {
    warehouse,
    place,
    options: SINK_DEFAULTS,
    now: Date.now,
    pause: (ms: number) => sleep(ms),
  };
  const counts = await runConsumption(shell, config, {
    command: 'consume',
    system: 'snowflake',
    group: WAREHOUSE_GROUP,
    contracts: contracts.map(({ contract, history }) => {
      return { contract, sink: createSink(contract, deps, history), readsRetries: true };
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
  const summary = options.print === true ? { ...shell, print: shell.tell } : shell;
  if (options.format === 'json') printJson(summary, tallyJson(counts));
  else printTally(summary, counts);
}

function printLines(shell: Shell, lines: readonly string[]): void {
  for (const line of lines) shell.print(line);
}
