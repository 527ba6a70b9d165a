import type { Command } from 'commander';
import type { Shell } from '#cli/shell.ts';
import type { ExitCode } from '#core/errors.ts';

/** Says how a command ended; one that never calls it ended well. */
export type Finish = (code: ExitCode) => void;

/** Adds one command to the program. */
export type AddCommand = (program: Command, shell: Shell, finish: Finish) => void;
