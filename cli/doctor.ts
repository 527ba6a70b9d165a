import type { AddCommand } from '#cli/command.ts';
import { loadLintedContracts } from '#cli/lint-gate.ts';
import { type ContractOptions, formatOption, withContracts } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { problem } from '#cli/read-services.ts';
import { renderStatus } from '#cli/render-status.ts';
import { LOCAL, loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { type Finding, finding, reportOf, type Section, type StatusReport } from '#cli/status-report.ts';
import { ExitCode, isZonerError } from '#core/errors.ts';
import { OLDEST_NODE } from '#core/version.ts';
import { examineExtras, examineServices } from '#stack/machine.ts';

/** `zoner doctor`: what a machine and a folder lack, before anything is started. */
export const addDoctor: AddCommand = (program, shell, finish) => {
  withContracts(program.command('doctor'))
    .description('say what this machine lacks to run Zoner, and how to get it; exit 1 if it lacks anything')
    .addOption(formatOption('text', 'json'))
    .addHelpText('after', '\nIt starts nothing and asks no service: zoner status does.')
    .action(async (options: ContractOptions & { readonly format: string }) => {
      const report = await examine(shell, options);
      shell.print(options.format === 'json' ? JSON.stringify(report, null, 2) : renderStatus(shell, report));
      finish(report.verdict === 'fine' ? ExitCode.ok : ExitCode.negative);
    });
};

async function examine(shell: Shell, options: ContractOptions): Promise<StatusReport> {
  const needed = [
    nodeFinding(),
    await tried('settings', () => settingsFinding(shell, options.env)),
    await tried('contracts', async () => {
      const contracts = await loadLintedContracts(shell, options);
      return finding('contracts', 'fine', `${countOf(contracts.length, 'contract')} in ${options.schemas}`);
    }),
  ];
  const whole = (found: Awaited<ReturnType<typeof examineExtras>>): readonly Finding[] =>
    found.map((each) => ({ ...each, details: [] }));
  const sections: readonly Section[] = [
    { name: 'to run', findings: needed },
    { name: 'local services', findings: whole(await examineServices(shell.env)) },
    { name: 'for single commands and tests', findings: whole(await examineExtras(shell.env)) },
  ];
  return reportOf(options.env, sections);
}

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  const isNew = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  if (isNew) return finding('Node', 'fine', process.version);
  return finding('Node', 'wrong', `${process.version} is too old`, {
    remedy: `Install Node ${OLDEST_NODE.join('.')} or later.`,
  });
}

function settingsFinding(shell: Shell, environment: string): Finding {
  const { snowflake, apiAuth } = loadSettings(shell, environment);
  const says = [
    `environment ${environment}`,
    snowflake === null ? 'no warehouse' : `warehouse ${snowflake.account}`,
    apiAuth === null ? 'no authentication: serves this machine alone' : 'authentication by token',
  ].join(', ');
  if (snowflake !== null || environment !== LOCAL) return finding('settings', 'fine', says);
  return finding('settings', 'note', says, {
    remedy: 'zoner stack up starts a local one; .env.example lists all settings',
  });
}

async function tried(what: string, examineOne: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await examineOne();
  } catch (error) {
    if (!isZonerError(error)) throw error;
    return problem(what, error);
  }
}
