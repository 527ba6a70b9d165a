import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, ZonerError } from '#core/errors.ts';
import { kafkaIsHealthy, redisIsHealthy, registryIsHealthy, snowflakeIsHealthy } from '#stack/health.ts';
import { stopProcess } from '#stack/local-process.ts';
import { isRunning, type ProcessIdentity } from '#stack/process-identity.ts';
import { type Environment, type ServiceName, type ServiceReport, startServices } from '#stack/services.ts';

/** Services that outlive the command that started them, for one project folder. */
export interface DevelopmentStack {
  readonly processes: readonly ProcessIdentity[];
  readonly reports: readonly ServiceReport[];
  readonly env: Readonly<Record<string, string>>;
}

const stateFile = (directory: string): string => join(directory, '.zoner', 'stack', 'state.json');
const envFile = (directory: string): string => join(directory, '.zoner', 'stack', 'stack.env');
const dataFolder = (directory: string): string => join(directory, '.zoner', 'stack', 'data');
const INSTALLER = fileURLToPath(new URL('./install.mjs', import.meta.url));

/** The stack that was started in this folder and still runs, or null. */
export function findStack(directory: string): DevelopmentStack | null {
  let stack: DevelopmentStack;
  try {
    stack = JSON.parse(readFileSync(stateFile(directory), 'utf8')) as DevelopmentStack;
  } catch {
    return null;
  }
  return stack.processes.some(isRunning) ? stack : null;
}

/**
 * Starts the services as local processes that stay. Containers that outlive a command are the work of Docker Compose.
 * @throws ZonerError STACK_START, STACK_TOOL_MISSING
 */
export async function stackUp(
  directory: string,
  env: Environment,
  signal: AbortSignal,
  onStarted: (report: ServiceReport) => void,
): Promise<DevelopmentStack> {
  await install(env);
  rmSync(dataFolder(directory), { recursive: true, force: true });
  mkdirSync(dataFolder(directory), { recursive: true });
  const processes: ProcessIdentity[] = [];
  const services = await startServices({
    env,
    folder: dataFolder(directory),
    signal,
    engine: 'process',
    onProcess: (identity) => {
      processes.push(identity);
      // Written at once: if this command is killed, `stack down` still finds what it started.
      writeState(directory, { processes, reports: [], env: {} });
    },
    onStarted,
  });
  const stack: DevelopmentStack = { processes, reports: services.reports, env: services.env };
  writeState(directory, stack);
  replaceFile(envFile(directory), renderEnv(stack.env));
  return stack;
}

/** Ends the stack's processes; false if there were none. */
export async function stackDown(directory: string): Promise<boolean> {
  const stack = findStack(directory);
  await Promise.all((stack?.processes ?? []).map(stopProcess));
  rmSync(join(directory, '.zoner', 'stack'), { recursive: true, force: true });
  return stack !== null;
}

export interface ServiceStatus {
  readonly name: ServiceName;
  readonly what: string;
  readonly endpoint: string;
  /** Null if it answers. */
  readonly problem: string | null;
}

/** Asks every service of the stack whether it answers. */
export async function stackStatus(stack: DevelopmentStack): Promise<readonly ServiceStatus[]> {
  return Promise.all(
    stack.reports.map(async ({ name, what, env }) => {
      const endpoint = Object.values(env)[0] ?? 'from the environment';
      const problem = await (env[Object.keys(env)[0] ?? ''] === undefined
        ? null
        : CHECKS[name](endpoint).then(
            () => null,
            (error: unknown) => messageOf(error),
          ));
      return { name, what, endpoint, problem };
    }),
  );
}

/** `KEY=value` lines, as `.env` files and shells read them. */
export function renderEnv(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

const CHECKS: Readonly<Record<ServiceName, (endpoint: string) => Promise<void>>> = {
  kafka: kafkaIsHealthy,
  registry: registryIsHealthy,
  redis: redisIsHealthy,
  snowflake: snowflakeIsHealthy,
};

function install(env: Environment): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [INSTALLER], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...env, ZONER_STACK: 'local' },
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new ZonerError('STACK_TOOL_MISSING', 'what the services need could not be installed, see above'),
        );
    });
  });
}

function writeState(directory: string, stack: DevelopmentStack): void {
  replaceFile(stateFile(directory), JSON.stringify(stack, null, 2));
}

function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
