import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import type { AddCommand } from '#cli/command.ts';
import { type ContractOptions, formatOption, withContracts } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import { loadHistories, openWarehouse } from '#cli/snowflake-session.ts';
import { ExitCode, messageOf, ZonerError } from '#core/errors.ts';
import { APP_VERSION } from '#core/version.ts';
import { applyPlan, readDeployPlan } from '#snowflake/apply.ts';
import type { DeployPlan } from '#snowflake/deploy-plan.ts';
import { parsePlanFile, planFileText } from '#snowflake/plan-file.ts';

interface PlanOptions extends ContractOptions {
  readonly allow: readonly string[];
  readonly deferNotNull?: true;
}

const LEASE_MS = 15_000;
const WAIT_MS = 120_000;

/** `--allow drop:TABLE.COLUMN` or `unmask:TABLE`, as often as there are. */
function allowed(text: string, before: readonly string[]): readonly string[] {
  if (!/^(?:drop:[^.]+\.[^.]+|unmask:[^.]+)$/.test(text))
    throw new InvalidArgumentError('drop:TABLE.COLUMN or unmask:TABLE is needed');
  return [...before, text];
}

export const addSnowflakePlan: AddCommand = (snowflake, shell, finish) => {
  withContracts(snowflake.command('plan'))
    .description(
      'print every statement that apply would run; exit 2 if there is any, 1 if something is refused',
    )
    .option('--out <file>', 'keep the plan in a file for apply')
    .option(
      '--allow <what>',
      'what may be taken away: drop:TABLE.COLUMN, unmask:TABLE; may be given several times',
      allowed,
      [],
    )
    .option('--defer-not-null', 'leave every NOT NULL for a later run')
    .addOption(formatOption('text', 'json'))
    .action(async (options: PlanOptions & { format: string; out?: string }) => {
      await using resources = new Resources();
      const plan = await read(shell, options, resources);
      if (options.out !== undefined)
        await writeFile(resolve(shell.directory, options.out), planFileText(plan));
      if (options.format === 'json') shell.print(planFileText(plan).trimEnd());
      else printDeployPlan(shell, plan);
      if (plan.refusals.length > 0) finish(ExitCode.negative);
      else finish(plan.steps.length > 0 ? ExitCode.changes : ExitCode.ok);
    });
};

export const addSnowflakeApply: AddCommand = (snowflake, shell) => {
  withContracts(snowflake.command('apply'))
    .description(
      'run the statements of a plan; without a file, plan first. Goes on where a killed run stopped',
    )
    .argument('[plan]', 'a file that plan --out has written')
    .option(
      '--allow <what>',
      'what may be taken away: drop:TABLE.COLUMN, unmask:TABLE; may be given several times',
      allowed,
      [],
    )
    .option('--defer-not-null', 'leave every NOT NULL for a later run')
    .option('--dry-run', 'print the statements as SQL and change nothing')
    .action(async (file: string | undefined, options: PlanOptions & { dryRun?: true }) => {
      await using resources = new Resources();
      const { config, warehouse } = openWarehouse(shell, options, resources);
      const histories = await loadHistories(shell, options);
      const plan = file === undefined ? await readPlan() : await readPlanFile(shell, file);
      async function readPlan(): Promise<DeployPlan> {
        return readDeployPlan(warehouse, histories, config, planOptions(options));
      }
      if (plan.place.database !== config.database || plan.place.schema !== config.schema) {
        throw new ZonerError('PLAN_STALE', `the plan is for ${plan.place.database}.${plan.place.schema}`);
      }
      if (options.dryRun) return printSql(shell, plan);
      const made = await applyPlan(plan, histories, {
        warehouse,
        appVersion: APP_VERSION,
        run: `${hostname()}/${process.pid}/${randomUUID()}`,
        allow: new Set(options.allow),
        leaseMs: LEASE_MS,
        waitMs: WAIT_MS,
        pause: (ms) => sleep(ms),
        onWait: (holder) => shell.tell(`waiting for another apply: ${holder}`),
        onStep: ({ description }) => shell.print(`${shell.style('green', '✓')} ${description}`),
      });
      shell.print(`snowflake: ${countOf(made, 'change')} made`);
    });
};

function planOptions({ allow, deferNotNull }: PlanOptions) {
  return { allow: new Set(allow), deferNotNull: deferNotNull === true };
}

async function read(shell: Shell, options: PlanOptions, resources: Resources): Promise<DeployPlan> {
  const { config, warehouse } = openWarehouse(shell, options, resources);
  const histories = await loadHistories(shell, options);
  return readDeployPlan(warehouse, histories, config, planOptions(options));
}

async function readPlanFile(shell: Shell, file: string): Promise<DeployPlan> {
  try {
    return parsePlanFile(await readFile(resolve(shell.directory, file), 'utf8'), file);
  } catch (error) {
    if (error instanceof ZonerError) throw error;
    throw new ZonerError('FILE_UNREADABLE', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}

const COLOURS = { safe: 'green', 'needs-data': 'yellow', destructive: 'red' } as const;

function printDeployPlan(shell: Shell, { steps, refusals, notes }: DeployPlan): void {
  for (const { class: kind, description, reason, rows, sql } of steps) {
    shell.print(
      `${shell.style('yellow', '~')} ${description}  [${shell.style(COLOURS[kind], kind)}] ${reason}`,
    );
    if (rows !== null) shell.print(`    ${rows}`);
    shell.print(shell.style('dim', sql.replace(/^/gm, '    ')));
  }
  for (const { text } of notes) shell.print(`  note: ${text}`);
  for (const { object, reason, wayOut } of refusals) {
    shell.print(`${shell.style('red', 'refused')} ${object}: ${reason}\n    ${wayOut}`);
  }
  const summary = steps.length === 0 ? 'nothing to do' : countOf(steps.length, 'change');
  shell.print(`snowflake: ${summary}${refusals.length === 0 ? '' : `, ${refusals.length} refused`}`);
}

function printSql(shell: Shell, { steps }: DeployPlan): void {
  for (const { sql } of steps) shell.print(`${sql};`);
  shell.tell(`${countOf(steps.length, 'statement')}, none of them run`);
}
