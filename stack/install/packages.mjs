import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { runTool } from './run-tool.mjs';

/** Installs the npm packages exactly as the lockfile says, if they are not there already. */
export async function installPackages(project, tell) {
  if (packagesAreCurrent(project)) return;
  const wait = () => tell('another process is installing the packages, waiting for it');
  await withLock(join(project, '.zoner', 'packages.lock'), wait, async () => {
    if (packagesAreCurrent(project)) return;
    const started = performance.now();
    tell('installing packages (npm ci)');
    const npm = process.env.npm_execpath;
    const args = ['ci', '--no-audit', '--no-fund', '--no-progress'];
    const [command, given] = npm?.endsWith('.js') ? [process.execPath, [npm, ...args]] : ['npm', args];
    await runTool('npm ci', command, given, { cwd: project });
    tell(`packages installed in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  });
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
