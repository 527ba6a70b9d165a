import { Command } from 'commander';
import { addCheck } from '#cli/check.ts';
import { addCodegen } from '#cli/codegen.ts';
import type { Finish } from '#cli/command.ts';
import { addCompat } from '#cli/compat.ts';
import { addConsume } from '#cli/consume.ts';
import { addContract } from '#cli/contract.ts';
import { addDeadLetters } from '#cli/dead-letters.ts';
import { addDemo } from '#cli/demo.ts';
import { addImport } from '#cli/import.ts';
import { addInit } from '#cli/init.ts';
import { addLint } from '#cli/lint.ts';
import { addPlanApply } from '#cli/plan-apply.ts';
import { addProduce } from '#cli/produce.ts';
import { addRecommend } from '#cli/recommend.ts';
import { addReconcile } from '#cli/reconcile.ts';
import { addRegistry } from '#cli/registry.ts';
import { addServe } from '#cli/serve.ts';
import type { Shell } from '#cli/shell.ts';
import { addSnowflake } from '#cli/snowflake.ts';
import { addStack } from '#cli/stack.ts';
import { addTopics } from '#cli/topics.ts';
import { APP_VERSION } from '#cli/version.ts';
import { ExitCode } from '#core/errors.ts';

const EXIT_CODES = `
Exit codes: 0 fine · 1 the verdict is negative · 2 there are changes · 3 unavailable · 64 wrong usage or input`;

/** The whole command line. `run` may be called more than once in a process; each call is one command. */
export function createProgram(shell: Shell): { run(args: readonly string[]): Promise<ExitCode> } {
  return {
    async run(args) {
      let exit: ExitCode = ExitCode.ok;
      const finish: Finish = (code) => {
        exit = code;
      };
      const program = new Command('zoner')
        .description(
          'Data contracts from Avro schemas: Kafka, registry, TypeScript and Snowflake say the same.',
        )
        .version(APP_VERSION)
        .addHelpText('after', EXIT_CODES)
        .exitOverride()
        .configureOutput({
          writeOut: (text) => shell.print(text.trimEnd()),
          writeErr: (text) => shell.tell(text.trimEnd()),
        })
        .showSuggestionAfterError();
      addCodegen(program, shell, finish);
      addLint(program, shell, finish);
      addContract(program, shell, finish);
      addInit(program, shell, finish);
      addCheck(program, shell, finish);
      addCompat(program, shell, finish);
      addPlanApply(program, shell, finish, (command) => createProgram(shell).run(command));
      addRegistry(program, shell, finish);
      addImport(program, shell, finish);
      addTopics(program, shell, finish);
      addSnowflake(program, shell, finish);
      addProduce(program, shell, finish);
      addConsume(program, shell, finish);
      addDeadLetters(program, shell, finish);
      addRecommend(program, shell, finish);
      addReconcile(program, shell, finish);
      addServe(program, shell, finish);
      addStack(program, shell, finish);
      addDemo(program, shell, finish, (inside, command) => createProgram(inside).run(command));
      await program.parseAsync(args, { from: 'user' });
      return exit;
    },
  };
}
