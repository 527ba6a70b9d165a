import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ZonerError } from '#core/errors.ts';

export interface CachedTools {
  /** Of the folder; another set of versions has another name. */
  readonly name: string;
  /** What is installed, and what that takes, for a person. */
  readonly what: string;
  readonly needs: string;
  /** Fills an empty folder. */
  install(folder: string): Promise<void>;
}

/**
 * A folder of the user's cache with tools that only one lane needs, away from the lockfile; it is filled once, and gets its
 * name when it is complete.
 * @throws ZonerError STACK_TOOL_MISSING if they cannot be installed
 */
export async function cachedTools(
  env: Readonly<Record<string, string | undefined>>,
  { name, what, needs, install }: CachedTools,
  tell: (text: string) => void,
): Promise<string> {
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zoner');
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  tell(`installing ${what}, once`);
  mkdirSync(cache, { recursive: true });
  const partial = mkdtempSync(join(cache, `${name}-partial-`));
  try {
    await install(partial);
    // Another run may have been quicker.
    if (!existsSync(folder)) renameSync(partial, folder);
    return folder;
  } catch (error) {
    const why = 'stderr' in (error as object) ? String((error as { stderr: unknown }).stderr) : String(error);
    throw new ZonerError('STACK_TOOL_MISSING', `cannot install ${what}: ${why.trim().slice(-400)}`, {
      cause: error,
      remedy: `They need ${needs}, and their package registries.`,
    });
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The arguments with which python3 installs packages of PyPI into a folder of their own. */
export function pipArguments(target: string, ...what: readonly string[]): readonly string[] {
  const quiet = ['-q', '--disable-pip-version-check', '--root-user-action=ignore'];
  return ['-m', 'pip', 'install', ...quiet, '--target', target, ...what];
}
