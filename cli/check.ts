import { FORMATS, type Format, REPORTERS } from '#check/report/render.ts';
import { summaryOf, summaryText } from '#check/report/summary.ts';
import { CHECK_RULES } from '#check/rules.ts';
import type { Verdict } from '#check/verdict.ts';
import { type BaselineOptions, findBaseline } from '#cli/check-baseline.ts';
import { checkTopics } from '#cli/check-topic.ts';
import type { AddCommand } from '#cli/command.ts';
import { judgeContracts } from '#cli/judge-contracts.ts';
import { contractsFolder, formatOption, positiveInteger } from '#cli/options.ts';
import { printJson } from '#cli/print-json.ts';
import { DEFAULT_PLACE, LOCAL } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { renderTable } from '#cli/table.ts';
import { today } from '#cli/today.ts';
import { loadContractFiles } from '#contract/load.ts';
import { ExitCode } from '#core/errors.ts';

interface Options extends BaselineOptions {
  readonly format: Format;
  readonly all?: true;
  readonly strict?: true;
  readonly rules?: true;
  readonly topic?: true;
  readonly sample?: number;
}

/** `zoner check`: what a change of the schemas does to all who use them. */
export const addCheck: AddCommand = (program, shell, finish) => {
  program
    .command('check')
    .option('--schemas <dir>', 'folder of the contracts', 'schemas')
    .option('--base <revision>', 'compare with git instead, where this branch left that one')
    .option('--registry', 'compare with what the registry holds instead of the lock')
    .option('--topic', 'read what the topics retain now with the schemas of the working tree instead')
    .option('--sample <count>', 'with --topic: name so many of the records of each cause', positiveInteger)
    .option('--env <name>', 'whose registry, or whose schema ids of the lock; reads .env.<name> over .env')
    .option('--all', 'show also what needs nothing')
    .option('--strict', 'exit 1 for warnings, too')
    .option('--rules', 'print the rules instead')
    .addOption(formatOption(...FORMATS))
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing breaks · 1 something does · 3 cannot judge · 64 wrong input',
    )
    .action(async (options: Options) => {
      if (options.rules) {
        printRules(shell, options.format);
        return;
      }
      if (options.topic) {
        const { env = LOCAL, sample = 0, schemas, format } = options;
        finish(await checkTopics(shell, { env, sample, schemas, format }));
        return;
      }
      const verdict = await judge(shell, options);
      print(shell, verdict, options);
      const { breaking, warnings } = summaryOf(verdict);
      finish(breaking > 0 || (options.strict && warnings > 0) ? ExitCode.negative : ExitCode.ok);
    });
};

async function judge(shell: Shell, options: Options): Promise<Verdict> {
  const loaded = await loadContractFiles(contractsFolder(shell, options));
  const contracts = loaded.map(({ contract }) => contract);
  const { baseline, notes } = await findBaseline(shell, options, contracts);
  return judgeContracts(loaded, baseline, { place: DEFAULT_PLACE, env: options.env ?? null, notes });
}

/** The report on standard output, and for people and their logs the counts beside it. */
export function print(
  shell: Shell,
  verdict: Verdict,
  { schemas, all, format }: Pick<Options, 'schemas' | 'all' | 'format'>,
): void {
  const text = REPORTERS[format](verdict, { schemas, today: today(), all: all === true, style: shell.style });
  if (text !== '') shell.print(text);
  shell.tell(summaryText(verdict));
}

function printRules(shell: Shell, format: Format): void {
  const rules = Object.entries(CHECK_RULES).map(([rule, facts]) => ({ rule, ...facts }));
  if (format === 'json') {
    printJson(shell, rules);
    return;
  }
  const columns = ['rule', 'weight', 'what'].map((title) => ({ title }));
  shell.print(
    renderTable(
      shell,
      columns,
      rules.map(({ rule, weight, summary }) => [rule, weight, summary]),
    ),
  );
}
