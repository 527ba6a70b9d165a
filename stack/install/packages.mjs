import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { Refusal } from './refusal.mjs';
import { runTool } from './run-tool.mjs';

/** Installs the npm packages exactly as the lockfile says, if they are not there already. */
export async function installPackages(project, tell) {
  // Only a clone has a lockfile. Zoner as a package came with what it needs, by npm.
  if (!existsSync(join(project, 'package-lock.json'))) return;
  if (packagesAreCurrent(project)) return;
  const wait = () => tell('another process is installing the packages, waiting for it');
  await withLock(join(project, '.zoner', 'packages.lock'), wait, async (hold) => {
    if (packagesAreCurrent(project)) return;
    const started = performance.now();
    tell('installing packages (npm ci)');
    await npmCi(project, hold);
    tell(`packages installed in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  });
  if (packagesAreCurrent(project)) return;
  throw new Refusal(
    'npm ci left no Node 24 behind: its package has an install script, which the npm setting ignore-scripts forbids here.',
  );
}

async function npmCi(cwd, hold) {
  // With NODE_ENV=production npm would leave the development packages out, and Node 24 is one.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--no-progress'];
  const missing = 'npm is needed to install the packages: install Node.js with npm.';
  // The npm that runs this, if it is npm: another package manager names itself here too.
  const npm = process.env.npm_execpath;
  const [command, first] = /npm-cli\.js$/.test(npm ?? '') ? [process.execPath, [npm]] : ['npm', []];
  // Interrupted, npm removes for half a minute what the next npm ci removes anyway.
  await runTool('npm ci', command, [...first, ...args], { cwd, hold, missing, stop: 'SIGKILL' });
}

/** npm writes its hidden lockfile last: an interrupted install has none. */
function packagesAreCurrent(project) {
  const hidden = join(project, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden) || !existsSync(join(project, 'node_modules', '.bin', 'node'))) return false;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' ||
      installed[path]?.version === version ||
      (optional === true && installed[path] === undefined),
  );
}
