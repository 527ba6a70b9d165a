import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { homedir, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import { isZonerError } from '#core/errors.ts';
import { findKafka, findRegistry, findValkey } from '#stack/artefacts.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** One thing that a machine has or lacks, and how to get it. */
export interface Examined {
  readonly what: string;
  /** `note`: it lacks something that only some commands need. */
  readonly state: 'fine' | 'note' | 'wrong';
  readonly says: string;
  readonly remedy: string | null;
}

const TOOL_MS = 10_000;
/** Downloads, data and logs of a run. */
const DISK_BYTES = 1.5e9;
/** All services together, with room for a test run. */
const MEMORY_BYTES = 2e9;

/** How the local services would run here: in containers, or as processes of what was or can be downloaded. */
export async function examineServices(env: Environment): Promise<readonly Examined[]> {
  const engine = await versionOf(env, 'docker', ['version', '--format', '{{.Server.Version}}']);
  const findings = [
    engine === null
      ? fine('containers', 'no Docker engine answers: services run as local processes')
      : fine('containers', `Docker ${engine}`),
    ...(engine === null ? await examineProcesses(env) : []),
    await examineDisk(env),
    totalmem() >= MEMORY_BYTES
      ? fine('memory', `${gigabytes(totalmem())} in this machine`)
      : lack('note', 'memory', `${gigabytes(totalmem())} in this machine; all services take 2 GB`, null),
  ];
  return findings;
}

/** What is downloaded needs no tool any more. */
async function examineProcesses(env: Environment): Promise<readonly Examined[]> {
  const wanted = [
    { variable: 'KAFKA_BROKER', name: 'Kafka', find: findKafka },
    { variable: 'SCHEMA_REGISTRY_URL', name: 'the registry', find: findRegistry },
    { variable: 'REDIS_URL', name: 'Valkey', find: findValkey },
  ].filter(({ variable }) => !env[variable]);
  const missing = wanted.filter(({ find }) => !isThere(() => find(env))).map(({ name }) => name);
  if (missing.length === 0) return [fine('downloads', 'complete')];
  const tools = await Promise.all([
    examineTool(env, 'Maven', 'mvn', ['--version'], 'apt-get install maven, or brew install maven'),
    examineTool(
      env,
      'pip',
      'python3',
      ['-m', 'pip', '--version'],
      'apt-get install python3-pip, or brew install python',
    ),
  ]);
  const says = `${missing.join(', ')} not downloaded yet`;
  return [
    ...tools,
    lack('note', 'downloads', says, 'The first zoner stack up, demo or npm test downloads them.'),
  ];
}

async function examineTool(
  env: Environment,
  what: string,
  command: string,
  args: readonly string[],
  remedy: string,
): Promise<Examined> {
  const version = await versionOf(env, command, args);
  return version === null ? lack('wrong', what, `${command} is missing`, remedy) : fine(what, version);
}

/** Tools without which one command or one lane of tests is skipped. */
export async function examineExtras(env: Environment): Promise<readonly Examined[]> {
  const git = await versionOf(env, 'git', ['--version']);
  return [
    git === null
      ? lack('note', 'git', 'missing: zoner check --base needs it', 'apt-get install git')
      : fine('git', git),
    onPath(env, ['chromium', 'chromium-browser'], 'CHROMIUM_PATH')
      ? fine('Chromium', 'is there')
      : lack(
          'note',
          'Chromium',
          'missing: npm run test:browser is skipped',
          'apt-get install chromium, or set CHROMIUM_PATH',
        ),
    onPath(env, ['promtool'], 'PROMTOOL_PATH') || existsSync(join(cacheOf(env), 'zoner', PROMTOOL))
      ? fine('promtool', 'is there')
      : lack(
          'note',
          'promtool',
          'missing: one test of the metrics is skipped',
          'npm run promtool, which needs no root; or apt-get install prometheus, or set PROMTOOL_PATH',
        ),
  ];
}

/** Where `npm run promtool` leaves it. */
const PROMTOOL = 'promtool/usr/bin/promtool';

const cacheOf = (env: Environment): string => env.XDG_CACHE_HOME || join(homedir(), '.cache');

async function examineDisk(env: Environment): Promise<Examined> {
  const cache = cacheOf(env);
  const { bavail, bsize } = await statfs(existsSync(cache) ? cache : homedir());
  const free = bavail * bsize;
  return free >= DISK_BYTES
    ? fine('disk', `${gigabytes(free)} free for downloads`)
    : lack(
        'wrong',
        'disk',
        `${gigabytes(free)} free under ${cache}`,
        'Make 1.5 GB free, or set XDG_CACHE_HOME.',
      );
}

function onPath({ PATH = '', ...env }: Environment, names: readonly string[], variable: string): boolean {
  const named = env[variable];
  if (named !== undefined && named !== '') return existsSync(named);
  return PATH.split(delimiter).some((folder) => names.some((name) => existsSync(join(folder, name))));
}

/** The first line of what a tool says of itself; null if it cannot be run. */
function versionOf(env: Environment, command: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(command, [...args], { timeout: TOOL_MS, env: { ...env } }, (error, stdout) => {
      resolve(error === null ? (stdout.trim().split('\n')[0] ?? '') : null);
    });
  });
}

function isThere(find: () => unknown): boolean {
  try {
    find();
    return true;
  } catch (error) {
    if (isZonerError(error, 'STACK_TOOL_MISSING')) return false;
    throw error;
  }
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
const fine = (what: string, says: string): Examined => ({ what, state: 'fine', says, remedy: null });
const lack = (state: 'note' | 'wrong', what: string, says: string, remedy: string | null): Examined => {
  return { what, state, says, remedy };
};
