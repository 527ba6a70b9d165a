import { ExitCode, isZonerError, ZonerError } from '#core/errors.ts';

/**
 * The loader of the chosen name.
 * @throws ZonerError USAGE that lists the names there are
 */
export function choose<T>(what: string, table: Readonly<Record<string, T>>, name: string | undefined): T {
  const chosen = name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
  if (chosen !== undefined) return chosen;
  const names = Object.keys(table).join(', ');
  throw new ZonerError('USAGE', `name a ${what}, one of: ${names}${name ? ` (${name} is none)` : ''}`);
}

/** Runs one entry of this room as a process: arguments in, exit code out, coded errors as their one line. */
export async function runEntry(work: (args: readonly string[]) => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work(process.argv.slice(2));
  } catch (error) {
    if (!isZonerError(error)) throw error;
    process.stderr.write(`error ${error.code}: ${error.message}\n`);
    process.exitCode = error.code === 'USAGE' ? ExitCode.usage : error.exitCode;
  }
}
