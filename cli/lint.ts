import type { AddCommand } from '#cli/command.ts';
import { contractsFolder, formatOption } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { printJson } from '#cli/print-json.ts';
import { renderAnnotation, renderFinding } from '#cli/render-findings.ts';
import type { Shell } from '#cli/shell.ts';
import { renderTable } from '#cli/table.ts';
import { today } from '#cli/today.ts';
import { type LintReport, lint } from '#contract/lint/lint.ts';
import { RULES } from '#contract/lint/rules.ts';
import { loadContractFiles } from '#contract/load.ts';
import { ExitCode } from '#core/errors.ts';

interface Options {
  readonly schemas: string;
  readonly strict?: true;
  readonly rules?: true;
  readonly format: string;
}

/** `zoner lint`: what an expert would say about the schemas. */
export const addLint: AddCommand = (program, shell, finish) => {
  program
    .command('lint')
    .option('--schemas <dir>', 'folder of the contracts', 'schemas')
    .option('--strict', 'exit 1 for warnings, too')
    .option('--rules', 'print the rules instead')
    .addOption(formatOption('text', 'json', 'github'))
    .action(async (options: Options) => {
      if (options.rules) {
        printRules(shell, options.format);
        return;
      }
      const report = lint(await loadContractFiles(contractsFolder(shell, options)), today());
      print(shell, report, options);
      const count = (severity: string): number =>
        report.findings.filter((finding) => finding.severity === severity).length;
      const [errors, warnings] = [count('error'), count('warning')];
      if (options.format !== 'json') {
        const counts = [countOf(errors, 'error'), countOf(warnings, 'warning')];
        if (report.waived.length > 0) counts.push(`${report.waived.length} waived`);
        shell.tell(`lint: ${counts.join(', ')}`);
      }
      finish(errors > 0 || (options.strict && warnings > 0) ? ExitCode.negative : ExitCode.ok);
    });
};

function print(shell: Shell, report: LintReport, { format, schemas }: Options): void {
  if (format === 'json') printJson(shell, report);
  for (const finding of format === 'json' ? [] : report.findings) {
    shell.print(
      format === 'github' ? renderAnnotation(finding, schemas) : renderFinding(finding, schemas, shell.style),
    );
  }
}

function printRules(shell: Shell, format: string): void {
  const rules = Object.entries(RULES).map(([rule, facts]) => ({ rule, ...facts }));
  if (format === 'json') {
    printJson(shell, rules);
    return;
  }
  const columns = ['rule', 'severity', 'waivable', 'why'].map((title) => ({ title }));
  const rows = rules.map(({ rule, severity, waivable, summary }) => [
    rule,
    severity,
    waivable ? 'yes' : 'no',
    summary,
  ]);
  shell.print(renderTable(shell, columns, rows));
}
