import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AddCommand, Run } from '#cli/command.ts';
import type { Shell } from '#cli/shell.ts';
import { tellStarted } from '#cli/stack.ts';
import { ExitCode } from '#core/errors.ts';

const SCHEMAS = fileURLToPath(new URL('../schemas', import.meta.url));

const ROWS_BY_KIND = `SELECT "ACTIVITY":kind::VARCHAR AS KIND, COUNT(*) AS ACTIVITIES, COUNT(DISTINCT "USER_ID") AS PEOPLE,
  MIN("OCCURRED_AT") AS FIRST, MAX("OCCURRED_AT") AS LAST
FROM ZONER_DB.PUBLIC.USER_ACTIVITY GROUP BY KIND ORDER BY KIND`;

interface Step {
  readonly title: string;
  readonly commands: readonly (readonly string[])[];
}

/** The walk of the README, command by command. */
const STEPS: readonly Step[] = [
  {
    title: 'Contracts: registry, topics, tables',
    commands: [
      ['registry', 'apply'],
      ['topics', 'apply'],
      ['snowflake', 'apply'],
    ],
  },
  { title: 'Twenty simulated people live through a week', commands: [['produce']] },
  {
    title: 'Records to Snowflake, and to recommendations in Redis',
    commands: [
      ['consume', '--until-end'],
      ['recommend', '--until-end'],
    ],
  },
  {
    title: 'What became of them',
    commands: [
      ['snowflake', 'query', ROWS_BY_KIND],
      ['dead-letters', 'list'],
      ['recommend', 'user-0001', '--at', '2026-03-05T08:00:00Z'],
      ['reconcile'],
    ],
  },
];

/** `zoner demo`: the whole pipeline on real services, which it starts and stops. */
export const addDemo: AddCommand = (program, shell, finish, run) => {
  program.command('demo').action(async () => finish(await runDemo(shell, run)));
};

async function runDemo(shell: Shell, run: Run): Promise<ExitCode> {
  const begun = performance.now();
  heading(shell, 1, 'Services');
  const { startShortLived } = await import('#stack/short-lived.ts');
  const services = await startShortLived(shell.env, shell.signal, (report) => tellStarted(shell, report));
  const folder = mkdtempSync(join(tmpdir(), 'zoner-demo-'));
  try {
    // A copy, so that whatever the demo does to its contracts, the repository stays as it is.
    cpSync(SCHEMAS, join(folder, 'schemas'), { recursive: true });
    const inside: Shell = { ...shell, directory: folder, env: { ...shell.env, ...services.env } };
    for (const [index, { title, commands }] of STEPS.entries()) {
      heading(shell, index + 2, title);
      for (const command of commands) {
        const code = await runCommand(inside, command, run);
        if (code !== ExitCode.ok) return code;
      }
    }
    shell.print(`\nDone in ${seconds(begun)}. README.md has the same walk, command by command.`);
    return ExitCode.ok;
  } finally {
    await services.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runCommand(shell: Shell, command: readonly string[], run: Run): Promise<ExitCode> {
  shell.signal.throwIfAborted();
  const begun = performance.now();
  const shown = command.map((part) => (/[\s"]/.test(part) ? `'${part.replace(/\s+/g, ' ')}'` : part));
  shell.print(shell.style('cyan', `\n$ zoner ${shown.join(' ')}`));
  const code = await run(shell, command);
  shell.print(shell.style('dim', `  ${seconds(begun)}`));
  return code;
}

function heading(shell: Shell, number: number, title: string): void {
  shell.print(shell.style('bold', `\n${number}. ${title}`));
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
