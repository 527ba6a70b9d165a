import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ZonerError } from '#core/errors.ts';

const run = promisify(execFile);
const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const POLYGLOT = '@polyglot-sql/sdk@0.12.1';

/** The other implementations, in one folder of the user's cache. */
export interface Tools {
  /** For PYTHONPATH. */
  readonly python: string;
  /** The module to import. */
  readonly polyglot: string;
}

/**
 * Finds the tools, or installs them with pip and npm: a few minutes and 500 MB, once for each set of versions. The folder
 * gets its name when it is complete.
 * @throws ZonerError STACK_TOOL_MISSING if they cannot be installed
 */
export async function installTools(
  env: Readonly<Record<string, string | undefined>>,
  tell: (text: string) => void,
): Promise<Tools> {
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zoner');
  const versions = createHash('sha256').update(readFileSync(REQUIREMENTS)).update(POLYGLOT).digest('hex');
  const folder = join(cache, `second-opinion-${versions.slice(0, 12)}`);
  if (!existsSync(folder)) {
    tell('installing fakesnow, sqlfluff and polyglot, once');
    mkdirSync(cache, { recursive: true });
    const partial = mkdtempSync(join(cache, 'second-opinion-partial-'));
    try {
      await Promise.all([installPython(join(partial, 'python')), installPolyglot(join(partial, 'npm'))]);
      if (!existsSync(folder)) renameSync(partial, folder);
    } catch (error) {
      const why =
        'stderr' in (error as object) ? String((error as { stderr: unknown }).stderr) : String(error);
      throw new ZonerError(
        'STACK_TOOL_MISSING',
        `cannot install the second opinions: ${why.trim().slice(-400)}`,
        {
          cause: error,
          remedy: 'They need Python 3 with pip, npm, and their package registries.',
        },
      );
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  const polyglot = join(folder, 'npm', 'node_modules', '@polyglot-sql', 'sdk', 'dist', 'index.node.js');
  return { python: join(folder, 'python'), polyglot };
}

async function installPython(target: string): Promise<void> {
  const quiet = ['-q', '--disable-pip-version-check', '--root-user-action=ignore'];
  await run('python3', ['-m', 'pip', 'install', ...quiet, '--target', target, '-r', REQUIREMENTS]);
}

async function installPolyglot(prefix: string): Promise<void> {
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
  mkdirSync(prefix);
  await run('npm', ['install', '--prefix', prefix, ...quiet, POLYGLOT]);
}
