import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cachedTools, pipArguments } from '#stack/tool-cache.ts';

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
 * Finds the tools, or installs them with pip and npm: a few minutes and 500 MB, once for each set of versions.
 * @throws ZonerError STACK_TOOL_MISSING if they cannot be installed
 */
export async function installTools(
  env: Readonly<Record<string, string | undefined>>,
  tell: (text: string) => void,
): Promise<Tools> {
  const versions = createHash('sha256').update(readFileSync(REQUIREMENTS)).update(POLYGLOT).digest('hex');
  const tools = {
    name: `second-opinion-${versions.slice(0, 12)}`,
    what: 'fakesnow, sqlfluff and polyglot',
    needs: 'Python 3 with pip, and npm',
    async install(folder: string) {
      await Promise.all([
        run('python3', pipArguments(join(folder, 'python'), '-r', REQUIREMENTS)),
        installPolyglot(join(folder, 'npm')),
      ]);
    },
  };
  const folder = await cachedTools(env, tools, tell);
  const polyglot = join(folder, 'npm', 'node_modules', '@polyglot-sql', 'sdk', 'dist', 'index.node.js');
  return { python: join(folder, 'python'), polyglot };
}

async function installPolyglot(prefix: string): Promise<void> {
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
  mkdirSync(prefix);
  await run('npm', ['install', '--prefix', prefix, ...quiet, POLYGLOT]);
}
