import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** What a script of this folder prints, run in a fresh process. */
export async function runProcess<T>(script: string, ...args: string[]): Promise<T> {
  const { stdout } = await run(process.execPath, [here(script), ...args]);
  return JSON.parse(stdout) as T;
}

/** Installs the peers that only benchmarks need, from their own lockfile, unless they are there. */
export async function installPeers(tell: (line: string) => void): Promise<void> {
  const folder = here('../peers');
  if (existsSync(`${folder}/node_modules/@confluentinc/schemaregistry`)) return;
  tell('installing the peers of bench/peers/package.json');
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
}
