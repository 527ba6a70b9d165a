import type { Shell } from '#cli/shell.ts';

/** Prints a result for programs; 64-bit numbers as text, since JSON numbers lose digits. */
export function printJson(shell: Shell, result: unknown): void {
  const text = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
  shell.print(JSON.stringify(result, text, 2));
}
