import type { Shell } from '#cli/shell.ts';
import { ExitCode } from '#core/errors.ts';

interface Described {
  readonly description: string;
}

/** Prints what a plan would do; the exit code says whether that is anything. */
export function printPlan(
  shell: Shell,
  what: string,
  changes: readonly Described[],
  format: string,
): ExitCode {
  if (format === 'json') {
    shell.print(JSON.stringify({ changes: changes.map(({ description }) => ({ description })) }, null, 2));
  } else {
    for (const { description } of changes) shell.print(`${shell.style('yellow', '~')} ${description}`);
    shell.print(
      changes.length === 0 ? `${what}: nothing to do` : `${what}: ${countOf(changes.length, 'change')}`,
    );
  }
  return changes.length === 0 ? ExitCode.ok : ExitCode.changes;
}

/** Prints one change that was made. */
export function printApplied(shell: Shell, { description }: Described): void {
  shell.print(`${shell.style('green', '✓')} ${description}`);
}

/** `1 change`, `3 changes`. */
export function countOf(count: number | bigint, noun: string): string {
  return `${count} ${noun}${Number(count) === 1 ? '' : 's'}`;
}
