/**
 * Makes a bare clone able to run, then runs a script on Node 24. This and its folder are the only JavaScript: Node 20
 * cannot run TypeScript, and nothing is installed yet.
 *
 * Usage: node stack/install.mjs [SCRIPT [ARGUMENTS…]]
 *
 * Installs, each only if it is missing: the npm packages of the lockfile, and what the local services need. With all in
 * place it needs no network. ZONER_STACK=local or docker says how services run; otherwise a Docker engine that answers
 * is preferred.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install/packages.mjs';
import { Refusal, sentenceOf } from './install/refusal.mjs';
import { stopTools } from './install/run-tool.mjs';
import { dockerAnswers, installServices, missingArtefacts, requireTools } from './install/services.mjs';

const UNAVAILABLE = 3;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const project = dirname(dirname(fileURLToPath(import.meta.url)));
const tell = (text) => process.stderr.write(`zoner: ${text}\n`);

async function install() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new Refusal(`Node 20 or later is needed; this is ${process.versions.node}.`);
  const choice = process.env.ZONER_STACK || ((await dockerAnswers()) ? 'docker' : 'local');
  if (choice !== 'local' && choice !== 'docker') {
    throw new Refusal(`ZONER_STACK is local or docker, not "${choice}".`);
  }
  const missing = choice === 'local' ? missingArtefacts() : [];
  await requireTools(missing);
  const results = await Promise.allSettled([installPackages(project, tell), installServices(missing, tell)]);
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
  return choice;
}

function run(script, args, choice) {
  const node = join(project, 'node_modules', '.bin', 'node');
  // kafkajs sets timers in the past, which Node 24 warns of.
  const child = spawn(node, ['--disable-warning=TimeoutNegativeWarning', join(project, script), ...args], {
    stdio: 'inherit',
    env: {
      ...process.env,
      ZONER_STACK: choice,
      PATH: `${join(project, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
    },
  });
  // The script decides how to end; a signal that reached only this process is passed on to it.
  for (const name of SIGNALS) {
    process.removeAllListeners(name);
    process.on(name, () => child.kill(name));
  }
  child.on('error', (error) => {
    tell(`cannot run ${node}: ${error.message}`);
    process.exit(UNAVAILABLE);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

let isInterrupted = false;
for (const name of SIGNALS) {
  process.on(name, async () => {
    isInterrupted = true;
    await stopTools();
    process.exit(128 + constants.signals[name]);
  });
}
try {
  const choice = await install();
  const [script, ...args] = process.argv.slice(2);
  if (script !== undefined) run(script, args, choice);
} catch (error) {
  // The tools that were ended fail, which is no news.
  if (!isInterrupted) {
    tell(sentenceOf(error));
    process.exit(UNAVAILABLE);
  }
}
