import { spawn } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isZonerError, messageOf, ZonerError } from '#core/errors.ts';
import { COMPOSED, COMPOSED_ENV, composeDown, composeUp } from '#stack/compose.ts';
import { kafkaIsHealthy, redisIsHealthy, registryIsHealthy, snowflakeIsHealthy } from '#stack/health.ts';
import { stopProcess } from '#stack/local-process.ts';
import { identify, isRunning, type ProcessIdentity } from '#stack/process-identity.ts';
import { type Environment, type ServiceName, type ServiceReport, startServices } from '#stack/services.ts';

/** Services that outlive the command that started them, for one project folder. */
export interface DevelopmentStack {
  readonly processes: readonly ProcessIdentity[];
  readonly reports: readonly ServiceReport[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether Docker Compose runs Kafka, registry and Redis. */
  readonly isComposed: boolean;
  /** The command that is still starting it; null once everything answers. */
  readonly starter: ProcessIdentity | null;
}

const stackFolder = (directory: string): string => join(directory, '.zoner', 'stack');
const stateFile = (directory: string): string => join(stackFolder(directory), 'state.json');
const INSTALLER = fileURLToPath(new URL('./install.mjs', import.meta.url));

/** The stack that was started in this folder and still runs, or null. */
export function findStack(directory: string): DevelopmentStack | null {
  const stack = readState(directory);
  if (stack === null || stack.starter !== null) return null;
  return stack.isComposed || stack.processes.some(isRunning) ? stack : null;
}

export interface StackOptions {
  /** Kafka, registry and Redis by Docker Compose; the local Snowflake is a process either way. */
  readonly docker: boolean;
  readonly env: Environment;
  readonly signal: AbortSignal;
  onStarted(report: ServiceReport): void;
  /** Told why there are local processes after all, where containers were asked for. */
  onFallback(error: ZonerError): void;
}

/**
 * Starts the services as local processes, or as containers, that stay. The data of an earlier stack in this folder is
 * removed. Where Docker cannot start them, they are local processes after all.
 * @throws ZonerError STACK_START, STACK_TOOL_MISSING
 */
export async function stackUp(directory: string, options: StackOptions): Promise<DevelopmentStack> {
  const { signal, onStarted } = options;
  const starter = identify(process.pid);
  let stack: DevelopmentStack = { processes: [], reports: [], env: {}, isComposed: options.docker, starter };
  await claim(directory, stack);
  try {
    const isComposed = options.docker && (await startComposed(directory, options));
    stack = { ...stack, isComposed };
    replaceFile(stateFile(directory), JSON.stringify(stack, null, 2));
    const composed = isComposed ? COMPOSED_ENV : {};
    const env = { ...options.env, ...composed };
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
    const reports = isComposed ? services.reports.map(asComposed) : services.reports;
    stack = { ...stack, reports, env: { ...composed, ...services.env }, starter: null };
    replaceFile(join(stackFolder(directory), 'stack.env'), renderEnv(stack.env));
    replaceFile(stateFile(directory), JSON.stringify(stack, null, 2));
    return stack;
  } catch (error) {
    if (stack.isComposed) await composeDown(directory).catch(() => undefined);
    rmSync(stateFile(directory), { force: true });
    throw error;
  }
}

/** False if Docker cannot, which `onFallback` is told. */
async function startComposed(directory: string, { signal, onFallback }: StackOptions): Promise<boolean> {
  try {
    await composeUp(directory, signal);
    return true;
  } catch (error) {
    if (!isZonerError(error, 'STACK_START')) throw error;
    onFallback(error);
    return false;
  }
}

function asComposed(report: ServiceReport): ServiceReport {
  const { name } = report;
  if (name === 'snowflake') return report;
  return { ...report, how: 'docker', what: `${name} (Docker Compose)`, env: COMPOSED[name] };
}

/** Ends the stack's processes and containers; false if there were none. */
export async function stackDown(directory: string): Promise<boolean> {
  const stack = readState(directory);
  const running = stack?.processes.filter(isRunning) ?? [];
  await Promise.all(running.map(stopProcess));
  if (stack?.isComposed === true) await composeDown(directory);
  rmSync(stackFolder(directory), { recursive: true, force: true });
  return running.length > 0 || stack?.isComposed === true;
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
