import { Command } from 'commander';
import type { Finish, Run } from '#cli/command.ts';
import { COMMANDS, type CommandEntry } from '#cli/commands.ts';
import type { Shell } from '#cli/shell.ts';
import { ExitCode } from '#core/errors.ts';
import { APP_VERSION } from '#core/version.ts';

const EXIT_CODES = `
Exit codes: 0 fine · 1 the verdict is negative · 2 there are changes · 3 unavailable · 64 wrong usage or input`;

const run: Run = (shell, args) => createProgram(shell).run(args);

/** The command that a command line, or a question for help, is about. */
function askedFor(args: readonly string[]): CommandEntry | undefined {
  const [first, second] = args.filter((each) => !each.startsWith('-'));
  const name = first === 'help' ? second : first;
  return COMMANDS.find((entry) => entry.name === name);
}

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
      const asked = askedFor(args);
      for (const entry of COMMANDS) {
        if (entry === asked) (await entry.load())(program, shell, finish, run);
        else program.command(entry.name);
        program.commands.find((each) => each.name() === entry.name)?.description(entry.description);
      }
      // Set last, as commands inherit it: of the others that are not loaded nothing more than the name is known.
      program.configureHelp({ subcommandTerm: (command) => command.name() });
      await program.parseAsync(args, { from: 'user' });
      return exit;
    },
  };
}
