import { spawn } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, ZonerError } from '#core/errors.ts';
import { kafkaIsHealthy, redisIsHealthy, registryIsHealthy, snowflakeIsHealthy } from '#stack/health.ts';
import { stopProcess } from '#stack/local-process.ts';
import { identify, isRunning, type ProcessIdentity } from '#stack/process-identity.ts';
import { type Environment, type ServiceName, type ServiceReport, startServices } from '#stack/services.ts';

/** Services that outlive the command that started them, for one project folder. */
export interface DevelopmentStack {
  readonly processes: readonly ProcessIdentity[];
  readonly reports: readonly ServiceReport[];
  readonly env: Readonly<Record<string, string>>;
  /** The command that is still starting it; null once everything answers. */
  readonly starter: ProcessIdentity | null;
}

const stackFolder = (directory: string): string => join(directory, '.zoner', 'stack');
const stateFile = (directory: string): string => join(stackFolder(directory), 'state.json');
const INSTALLER = fileURLToPath(new URL('./install.mjs', import.meta.url));

/** The stack that was started in this folder and still runs, or null. */
export function findStack(directory: string): DevelopmentStack | null {
  const stack = readState(directory);
  return stack !== null && stack.starter === null && stack.processes.some(isRunning) ? stack : null;
}

/**
 * Starts the services as local processes that stay. Containers that outlive a command are the work of Docker Compose.
 * The data of an earlier stack in this folder is removed.
 * @throws ZonerError STACK_START, STACK_TOOL_MISSING
 */
export async function stackUp(
  directory: string,
  env: Environment,
  signal: AbortSignal,
  onStarted: (report: ServiceReport) => void,
): Promise<DevelopmentStack> {
  let stack: DevelopmentStack = { processes: [], reports: [], env: {}, starter: identify(process.pid) };
  await claim(directory, stack);
  try {
    await install(env);
    const folder = join(stackFolder(directory), 'data');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const services = await startServices({
      env,
      folder,
      signal,
      engine: 'process',
      onProcess: (identity) => {
        stack = { ...stack, processes: [...stack.processes, identity] };
        // Written at once: if this command is killed, `stack down` still finds what it started.
        replaceFile(stateFile(directory), JSON.stringify(stack, null, 2));
      },
      // Never called: these are processes.
      onContainer: () => {},
      onStarted,
    });
    stack = { ...stack, reports: services.reports, env: services.env, starter: null };
    replaceFile(join(stackFolder(directory), 'stack.env'), renderEnv(stack.env));
    replaceFile(stateFile(directory), JSON.stringify(stack, null, 2));
    return stack;
  } catch (error) {
    rmSync(stateFile(directory), { force: true });
    throw error;
  }
}

/** Ends the stack's processes; false if there were none. */
export async function stackDown(directory: string): Promise<boolean> {
  const running = readState(directory)?.processes.filter(isRunning) ?? [];
  await Promise.all(running.map(stopProcess));
  rmSync(stackFolder(directory), { recursive: true, force: true });
  return running.length > 0;
}

/**
 * Makes this command the one that starts the stack of this folder. What one that was killed has left is ended first.
 * @throws ZonerError STACK_START if another command is starting it, or has started it in the meantime
 */
export async function claim(directory: string, stack: DevelopmentStack): Promise<void> {
  mkdirSync(stackFolder(directory), { recursive: true });
  for (;;) {
    if (createFile(stateFile(directory), JSON.stringify(stack))) return;
    const other = readState(directory);
    if (findStack(directory) !== null || (other?.starter && isRunning(other.starter))) {
      throw new ZonerError('STACK_START', 'another command has started the stack of this folder', {
        remedy: 'Wait for it and look with: zoner stack status. To begin anew: zoner stack down',
      });
    }
    await stackDown(directory);
    mkdirSync(stackFolder(directory), { recursive: true });
  }
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

function readState(directory: string): DevelopmentStack | null {
  try {
    return JSON.parse(readFileSync(stateFile(directory), 'utf8')) as DevelopmentStack;
  } catch {
    return null;
  }
}

/** False if there is such a file already; otherwise it is there at once with its whole text. */
function createFile(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
