import { setTimeout as sleep } from 'node:timers/promises';
import type { AddCommand } from '#cli/command.ts';
import { type ContractOptions, formatOption, positiveNumber, withContracts } from '#cli/options.ts';
import { startProgress } from '#cli/progress.ts';
import { readStatus } from '#cli/read-status.ts';
import { renderStatus } from '#cli/render-status.ts';
import type { Shell } from '#cli/shell.ts';
import type { StatusReport } from '#cli/status-report.ts';
import { ExitCode } from '#core/errors.ts';

interface Options extends ContractOptions {
  readonly format: string;
  readonly watch?: number | true;
}

const EVERY_SECONDS = 5;

const AFTER_HELP = `
Wrong is what a person has to put right: a service that does not answer, a topic, subject or table that is not as the
contracts say, a topic that a flood of refusals has stopped, dead letters that the broker is about to delete. Open dead
letters and records that are still to be read are told, and are not wrong by themselves.`;

/** `zoner status`: one screen of how everything is. */
export const addStatus: AddCommand = (program, shell, finish) => {
  withContracts(program.command('status'))
    .description('one screen: services, topics, lag, dead letters, drift; exit 1 when something is wrong')
    .option(
      '--watch [seconds]',
      `again and again, every ${EVERY_SECONDS} s unless told otherwise, until stopped`,
      positiveNumber,
    )
    .addOption(formatOption('text', 'json'))
    .addHelpText('after', AFTER_HELP)
    .action(async (options: Options) => {
      let report = await look(shell, options);
      print(shell, report, options);
      while (options.watch !== undefined && (await waited(shell, options.watch))) {
        report = await readStatus(shell, options);
        print(shell, report, options);
      }
      finish(report.verdict === 'fine' ? ExitCode.ok : ExitCode.negative);
    });
};

async function look(shell: Shell, options: Options): Promise<StatusReport> {
  const progress = startProgress(shell, 'asking the services');
  try {
    return await readStatus(shell, options);
  } finally {
    progress.stop();
  }
}

/** A report a line where a program watches; a screen where a person does. */
function print(shell: Shell, report: StatusReport, { format, watch }: Options): void {
  if (format === 'json') shell.print(JSON.stringify(report, null, watch === undefined ? 2 : 0));
  else {
    if (watch !== undefined) shell.clear();
    shell.print(renderStatus(shell, report));
  }
}

/** False if the command was stopped meanwhile. */
async function waited(shell: Shell, watch: number | true): Promise<boolean> {
  const seconds = watch === true ? EVERY_SECONDS : watch;
  await sleep(seconds * 1000, undefined, { signal: shell.signal }).catch(() => undefined);
  return !shell.signal.aborted;
}
