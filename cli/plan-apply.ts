import type { AddCommand } from '#cli/command.ts';
import { type ContractOptions, withContracts } from '#cli/options.ts';
import { ExitCode } from '#core/errors.ts';

/**
 * The order of a step: a producer can send with a schema once the registry has it, and by then its topic and its table
 * have to be there.
 */
const PARTS = ['topics', 'snowflake', 'registry'] as const;

/** `zoner plan`: what `apply` would do, by the commands that it is made of. */
export const addPlan: AddCommand = (program, shell, finish, run) => {
  withContracts(program.command('plan')).action(async (options: ContractOptions) => {
    const codes: ExitCode[] = [];
    for (const part of PARTS) {
      shell.print(shell.style('bold', part));
      codes.push(await run(shell, [part, 'plan', ...flags(options)]));
    }
    finish(worst(codes));
  });
};

/** `zoner apply`: registry, topics and warehouse in one go, by their own commands. */
export const addApply: AddCommand = (program, shell, finish, run) => {
  withContracts(program.command('apply')).action(async (options: ContractOptions) => {
    shell.print(shell.style('bold', 'registry plan'));
    const planned = await run(shell, ['registry', 'plan', ...flags(options)]);
    if (planned !== ExitCode.ok && planned !== ExitCode.changes) return finish(planned);
    for (const part of PARTS) {
      shell.print(shell.style('bold', `${part} apply`));
      const code = await run(shell, [part, 'apply', ...flags(options)]);
      if (code !== ExitCode.ok) return finish(code);
    }
  });
};

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
