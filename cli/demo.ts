import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AddCommand, Run } from '#cli/command.ts';
import { writeEvolution } from '#cli/demo-evolution.ts';
import { AHEAD, DEMO_STEPS, type DemoCommand, SCHEMAS, TEAM, VALUES } from '#cli/demo-steps.ts';
import type { Shell } from '#cli/shell.ts';
import { tellStarted } from '#cli/stack.ts';
import { ExitCode } from '#core/errors.ts';

const EXAMPLES = fileURLToPath(new URL('../schemas', import.meta.url));

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
    cpSync(EXAMPLES, join(folder, SCHEMAS), { recursive: true });
    writeFileSync(
      join(folder, `.env.${TEAM}`),
      '# The services of this demo, which its commands are told of anyway.\n',
    );
    writeEvolution(folder, SCHEMAS, AHEAD, VALUES);
    const inside: Shell = { ...shell, directory: folder, env: { ...shell.env, ...services.env } };
    for (const [index, { title, commands }] of DEMO_STEPS.entries()) {
      heading(shell, index + 2, title);
      for (const command of commands) {
        const code = await runEach(inside, command, run);
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

async function runEach(shell: Shell, command: DemoCommand, run: Run): Promise<ExitCode> {
  if (!('running' in command)) return runCommand(shell, command, run);
  const stop = new AbortController();
  const signal = AbortSignal.any([shell.signal, stop.signal]);
  const running = runCommand({ ...shell, signal }, command.running, run);
  running.catch(() => undefined);
  try {
    for (const each of command.during) {
      const code = await runCommand(shell, each, run);
      if (code !== ExitCode.ok) return code;
    }
  } finally {
    stop.abort(new Error('the commands beside it have ended'));
  }
  return running;
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
