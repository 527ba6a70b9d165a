import type { Command } from 'commander';
import type { Finish } from '#cli/command.ts';
import { type ContractOptions, withContracts } from '#cli/options.ts';
import type { Shell } from '#cli/shell.ts';
import { ExitCode } from '#core/errors.ts';

type Run = (args: readonly string[]) => Promise<ExitCode>;

/**
 * The order of a step: a producer can send with a schema once the registry has it, and by then its topic and its table
 * have to be there.
 */
const PARTS = ['topics', 'snowflake', 'registry'] as const;

/** `zoner plan` and `zoner apply`: registry, topics and warehouse in one go, by their own commands. */
export function addPlanApply(program: Command, shell: Shell, finish: Finish, run: Run): void {
  withContracts(program.command('plan'))
    .description('print what apply would do to topics, warehouse and registry; exit 2 if that is anything')
    .action(async (options: ContractOptions) => {
      const codes: ExitCode[] = [];
      for (const part of PARTS) {
        shell.print(shell.style('bold', part));
        codes.push(await run([part, 'plan', ...flags(options)]));
      }
      finish(worst(codes));
    });
  withContracts(program.command('apply'))
    .description(
      'bring topics, then warehouse, then registry to the contracts; nothing is begun if check refuses',
    )
    .action(async (options: ContractOptions) => {
      shell.print(shell.style('bold', 'registry plan'));
      const planned = await run(['registry', 'plan', ...flags(options)]);
      if (planned !== ExitCode.ok && planned !== ExitCode.changes) return finish(planned);
      for (const part of PARTS) {
        shell.print(shell.style('bold', `${part} apply`));
        const code = await run([part, 'apply', ...flags(options)]);
        if (code !== ExitCode.ok) return finish(code);
      }
    });
}

function flags({ schemas, env }: ContractOptions): readonly string[] {
  return ['--schemas', schemas, '--env', env];
}

/** A refusal says more than changes, and changes more than nothing to do. */
function worst(codes: readonly ExitCode[]): ExitCode {
  return (
    codes.find((code) => code !== ExitCode.ok && code !== ExitCode.changes) ??
    codes.find((code) => code !== ExitCode.ok) ??
    ExitCode.ok
  );
}
