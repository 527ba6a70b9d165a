import type { AddCommand, Finish } from '#cli/command.ts';
import { tellWait } from '#cli/dead-letters-settle.ts';
import { WAREHOUSE_GROUP } from '#cli/groups.ts';
import { filterOf, type WhereOptions, withWhere } from '#cli/letter-options.ts';
import { openLetters } from '#cli/letter-session.ts';
import {
  type ContractOptions,
  formatOption,
  positiveInteger,
  positiveNumber,
  seconds,
  withContracts,
} from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { printJson } from '#cli/print-json.ts';
import { type Progress, progressBar, startProgress } from '#cli/progress.ts';
import { reportError } from '#cli/report-error.ts';
import { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import { ExitCode, ZonerError } from '#core/errors.ts';
import { planReplay, type ReplayDeps, replay } from '#dead-letters/replay.ts';
import { REPLAY_DEFAULTS, type ReplayOptions } from '#dead-letters/replay-options.ts';
import type { ReplayReport } from '#dead-letters/replay-tally.ts';

interface Options extends ContractOptions, WhereOptions {
  readonly all?: true;
  readonly dryRun?: true;
  readonly rate: number;
  readonly max?: number;
  readonly canary: number;
  readonly wait: number;
  readonly again?: true;
  readonly format: string;
}

const EXIT_CODES = `
A letter is proved first: only one that today's contract and registry would make a row is sent, to <topic>-retry, once.
Exit codes: 0 all that was chosen is rows now · 1 some still fail, or were refused again · 2 --dry-run: there is
something to send · 3 another replay is under way, nobody reads the retry topic, or a service is down`;

/** `zoner dead-letters replay`: prove, and send again what passes, once. */
export const addReplayLetters: AddCommand = (letters, shell, finish) => {
  withWhere(withContracts(letters.command('replay')))
    .description(
      'send letters again that would pass now: a few first, then at a rate; goes on where it was stopped',
    )
    .argument('[contracts...]', 'names of contracts; all if none is named')
    .option('--all', 'all open letters, whatever their cause')
    .option('--dry-run', 'prove only, and send nothing')
    .option('--rate <letters>', 'letters a second', positiveNumber, REPLAY_DEFAULTS.rate)
    .option('--max <count>', 'send no more than this', positiveInteger)
    .option('--canary <count>', 'so many first, until their outcome is known', count, REPLAY_DEFAULTS.canary)
    .option(
      '--wait <s>',
      'give up when so long nothing is heard of them',
      seconds,
      REPLAY_DEFAULTS.waitMs / 1000,
    )
    .option('--again', 'also what was sent before and of which nothing was heard')
    .addOption(formatOption('text', 'json'))
    .addHelpText('after', EXIT_CODES)
    .action((names: string[], options: Options) => run(shell, names, options, finish));
};

/** Parses a count that may be zero. */
function count(text: string): number {
  return text === '0' ? 0 : positiveInteger(text);
}

async function run(shell: Shell, names: readonly string[], options: Options, finish: Finish): Promise<void> {
  if (options.cause === undefined && options.where.length === 0 && options.all !== true) {
    throw new ZonerError('USAGE', 'say which letters: --cause, --where or --all', {
      remedy: 'See the causes: zoner dead-letters list',
    });
  }
  await using resources = new Resources();
  const session = await openLetters(shell, names, options, resources);
  const reports: Record<string, ReplayReport> = {};
  for (const contract of session.contracts) {
    const progress = startProgress(shell, `${contract.name}: reading its dead letters`);
    const read = session.readDeps(contract);
    const deps: ReplayDeps = {
      ...read,
      ...(await session.writeDeps(contract, 'replay')),
      committed: await read.offsets.committed(WAREHOUSE_GROUP, contract.topic),
      ...told(shell, contract.name, progress, options),
    };
    try {
      const report = options.dryRun
        ? await planReplay(settings(options), deps)
        : await replay(settings(options), deps);
      reports[contract.name] = report;
    } finally {
      progress.stop();
    }
  }
  if (options.format === 'json') printJson(shell, jsonOf(reports));
  else for (const [name, report] of Object.entries(reports)) printReport(shell, name, report, options);
  for (const { stopped } of Object.values(reports)) if (stopped !== null) reportError(stopped, shell);
  finish(exitOf(Object.values(reports), options));
}

function settings(options: Options): ReplayOptions {
  const { rate, canary, wait } = options;
  return {
    ...REPLAY_DEFAULTS,
    filter: filterOf(options),
    rate,
    canary,
    max: options.max ?? REPLAY_DEFAULTS.max,
    waitMs: wait * 1000,
    again: options.again === true,
  };
}

function told(shell: Shell, name: string, progress: Progress, options: Options) {
  let total = 0;
  return {
    onWait: (other: string) => tellWait(shell, other),
    onPlan(plan: ReplayReport) {
      total = Math.min(plan.passing, options.max ?? plan.passing);
      if (options.format === 'text' && plan.chosen > 0) tellPlan(shell, name, plan);
    },
    onProgress({ chosen, sent, resolved, failedAgain }: ReplayReport) {
      const text =
        total === 0
          ? `${chosen} proved`
          : `${progressBar(resolved + failedAgain, total)} ${sent} of ${total} sent, ${countOf(resolved, 'row')}, ${failedAgain} refused again`;
      progress.update(`${name}: ${text}`);
    },
  };
}

function tellPlan(shell: Shell, name: string, { chosen, passing, keysOutOfOrder }: ReplayReport): void {
  shell.tell(`${name}: ${countOf(chosen, 'letter')} proved, ${passing} would pass`);
  if (keysOutOfOrder > 0) {
    shell.tell(
      `  Order: records of ${countOf(keysOutOfOrder, 'key')} come after later ones of their keys. Rows keep their place and time; a reader that keeps what came last does not.`,
    );
  }
}

function printReport(shell: Shell, name: string, report: ReplayReport, { dryRun }: Options): void {
  const { chosen, passing, stillFailing, wornOut, sent, resolved, failedAgain, waiting, parked } = report;
  if (chosen === 0) {
    shell.print(`${name}: no open letter was chosen`);
    return;
  }
  const parts = dryRun
    ? [`${passing} would pass`, ...(wornOut > 0 ? [`${wornOut} would be parked`] : [])]
    : [
        `${sent} sent`,
        `${countOf(resolved, 'row')}`,
        ...(failedAgain > 0 ? [`${failedAgain} refused again`] : []),
        ...(waiting > 0 ? [`${waiting} not heard of`] : []),
        ...(parked > 0 ? [`${parked} parked`] : []),
      ];
  const failing = stillFailing.reduce((sum, { letters }) => sum + letters, 0);
  if (failing > 0) parts.push(`${failing} still fail`);
  shell.print(`${name}: ${countOf(chosen, 'letter')}: ${parts.join(', ')}`);
  for (const { code, reason, letters } of stillFailing) shell.print(`  ${letters} still: ${code} ${reason}`);
}

function exitOf(reports: readonly ReplayReport[], { dryRun }: Options): ExitCode {
  const codes = reports.map(({ stopped, failedAgain, stillFailing, passing }): ExitCode => {
    if (stopped !== null) return stopped.exitCode;
    if (dryRun && passing > 0) return ExitCode.changes;
    return failedAgain > 0 || stillFailing.length > 0 ? ExitCode.negative : ExitCode.ok;
  });
  return codes.includes(ExitCode.unavailable)
    ? ExitCode.unavailable
    : (codes.find((code) => code !== ExitCode.ok) ?? ExitCode.ok);
}

function jsonOf(reports: Readonly<Record<string, ReplayReport>>): unknown {
  return Object.fromEntries(
    Object.entries(reports).map(([name, { stopped, ...report }]) => [
      name,
      {
        ...report,
        stopped: stopped && { code: stopped.code, message: stopped.message, remedy: stopped.remedy },
      },
    ]),
  );
}
