import { CommanderError } from 'commander';
import type { Shell } from '#cli/shell.ts';
import { ExitCode, isZonerError } from '#core/errors.ts';

/** Tells the person what went wrong and what to do, and gives the exit code that says so to a script. */
export function reportError(error: unknown, shell: Shell): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has printed the help or the usage error itself.
    return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  }
  if (isZonerError(error)) {
    shell.tell(`error ${error.code}: ${error.message}\n  ${error.remedy}`);
    return error.exitCode;
  }
  if (shell.signal.aborted) return ExitCode.unavailable;
  shell.tell(
    `This is a defect in Zoner, please report it:\n${error instanceof Error ? error.stack : String(error)}`,
  );
  return ExitCode.unavailable;
}
