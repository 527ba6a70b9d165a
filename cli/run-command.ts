import { createProgram } from '#cli/program.ts';
import { reportError } from '#cli/report-error.ts';
import type { Shell } from '#cli/shell.ts';
import type { ExitCode } from '#core/errors.ts';

/** What a command left behind. For tests, which start commands inside their own process. */
export interface Ended {
  readonly code: ExitCode;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** Runs one command as a process would that was started in this folder. */
export async function runCommand(
  directory: string,
  args: readonly string[],
  options: {
    readonly signal?: AbortSignal;
    readonly onLine?: (line: string) => void;
    /** The process' environment; empty unless it is given. */
    readonly env?: Shell['env'];
  } = {},
): Promise<Ended> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const into =
    (lines: string[]) =>
    (text: string): void => {
      lines.push(...text.split('\n'));
      options.onLine?.(text);
    };
  const shell: Shell = {
    env: options.env ?? {},
    directory,
    signal: options.signal ?? new AbortController().signal,
    interactive: false,
    clear: () => undefined,
    print: into(stdout),
    tell: into(stderr),
    style: (_, text) => text,
  };
  try {
    return { code: await createProgram(shell).run(args), stdout, stderr };
  } catch (error) {
    return { code: reportError(error, shell), stdout, stderr };
  }
}
