import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findPromtool, promtoolFolder } from '#metrics/testing/promtool.ts';

/**
 * `npm run promtool`: unpacks promtool out of Debian's package into the user's cache, if it is nowhere yet. It installs
 * nothing in the system and needs no root. Where there is no apt, or no network, it says so and ends well: the one test
 * that wants promtool is then skipped.
 */
const run = promisify(execFile);
const PATIENCE = { timeout: 120_000 };
const tell = (text: string): void => void process.stderr.write(`promtool: ${text}\n`);

const found = findPromtool(process.env);
if (found === null) {
  await install().catch((error: unknown) =>
    tell(
      `not installed, and its test is skipped: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
    ),
  );
} else tell(found);

async function install(): Promise<void> {
  const folder = promtoolFolder(process.env);
  await mkdir(dirname(folder), { recursive: true });
  const partial = await mkdtemp(join(dirname(folder), 'promtool-partial-'));
  try {
    await run('apt-get', ['download', 'prometheus'], { ...PATIENCE, cwd: partial });
    const [archive] = await readdir(partial);
    if (archive === undefined) throw new Error('apt-get brought no package');
    await run('dpkg-deb', ['-x', join(partial, archive), join(partial, 'unpacked')], PATIENCE);
    if (!existsSync(folder)) await rename(join(partial, 'unpacked'), folder);
    tell(findPromtool(process.env) ?? 'the package has no promtool');
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
