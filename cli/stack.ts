import type { AddCommand } from '#cli/command.ts';
import { formatOption } from '#cli/options.ts';
import type { Shell } from '#cli/shell.ts';
import { renderTable } from '#cli/table.ts';
import { ExitCode, ZonerError } from '#core/errors.ts';
import {
  type DevelopmentStack,
  findStack,
  renderEnv,
  stackDown,
  stackStatus,
  stackUp,
} from '#stack/development.ts';
import type { ServiceReport } from '#stack/services.ts';

/** `zoner stack up|down|status`: the real services, for development. */
export const addStack: AddCommand = (program, shell, finish) => {
  const stack = program.command('stack');
  stack
    .command('up')
    .description('start what the environment does not name, and leave it running')
    .option('--docker', 'Kafka, registry and Redis by Docker Compose; local processes where Docker cannot')
    .addOption(formatOption('text', 'env', 'json'))
    .action(async ({ format, docker }: { format: string; docker?: true }) => {
      const running = findStack(shell.directory);
      if (running !== null) shell.tell('the stack is running already');
      const up =
        running ??
        (await stackUp(shell.directory, {
          docker: docker === true,
          env: shell.env,
          signal: shell.signal,
          onStarted: (report) => tellStarted(shell, report),
          onFallback: ({ message }) => shell.tell(`${message}\nGoing on with local processes.`),
        }));
      printStack(shell, up, format);
    });
  stack
    .command('down')
    .description('stop what `stack up` started')
    .action(async () => {
      shell.print((await stackDown(shell.directory)) ? 'the stack is stopped' : 'the stack was not running');
    });
  stack
    .command('status')
    .description('ask every service whether it answers; exit 3 if one does not')
    .addOption(formatOption('text', 'json'))
    .action(async ({ format }: { format: string }) => {
      const found = findStack(shell.directory);
      if (found === null) throw new ZonerError('STACK_NOT_RUNNING', 'no stack is running in this folder');
      const services = await stackStatus(found);
      if (format === 'json') shell.print(JSON.stringify(services, null, 2));
      else {
        const rows = services.map(({ what, endpoint, problem }) => [what, endpoint, problem ?? 'answers']);
        shell.print(
          renderTable(shell, [{ title: 'service' }, { title: 'endpoint' }, { title: 'state' }], rows),
        );
      }
      finish(services.some(({ problem }) => problem !== null) ? ExitCode.unavailable : ExitCode.ok);
    });
};

/** One line a service as it comes up. */
export function tellStarted(shell: Shell, { what, how, ms }: ServiceReport): void {
  const place = how === 'environment' ? 'from the environment' : `answers after ${(ms / 1000).toFixed(1)} s`;
  shell.tell(`  ${what}: ${place}`);
}

function printStack(shell: Shell, { env }: DevelopmentStack, format: string): void {
  if (format === 'json') shell.print(JSON.stringify(env, null, 2));
  if (format === 'env') shell.print(renderEnv(env).trimEnd());
  if (format !== 'text') return;
  for (const [name, value] of Object.entries(env)) shell.print(`${name}=${value}`);
  shell.print('The environment "local" finds these by itself. Stop them with: zoner stack down');
}
