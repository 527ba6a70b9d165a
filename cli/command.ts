import type { Command } from 'commander';
import type { Shell } from '#cli/shell.ts';
import type { ExitCode } from '#core/errors.ts';

/** Says how a command ended; one that never calls it ended well. */
export type Finish = (code: ExitCode) => void;

/** Runs one command line, in a shell of its own choice. */
export type Run = (shell: Shell, args: readonly string[]) => Promise<ExitCode>;

/** Adds one command to the program, for a command that others are made of with the way to run those. */
export type AddCommand = (program: Command, shell: Shell, finish: Finish, run: Run) => void;
