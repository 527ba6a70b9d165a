import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { isRunning, type ProcessIdentity } from '#stack/process-identity.ts';
import { runsFolder, sweepDeadRuns } from '#stack/run-folder.ts';

/**
 * A test run that is ended from outside. It starts one service, the one that needs no download; what becomes of a
 * service does not depend on which it is.
 */

const SCRIPT = `const { setup } = await import('#stack/vitest-services.ts');
await setup({ provide() {} });
console.log('up');
setInterval(() => {}, 1e6);`;
const given = { KAFKA_BROKER: 'k:1', SCHEMA_REGISTRY_URL: 'http://r', REDIS_URL: 'redis://r' };
const env = { ...process.env, ...given, ZONER_STACK: 'local', SNOWFLAKE_ACCOUNT: '' };

interface Run {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly processes: readonly ProcessIdentity[];
}

afterEach(() => sweepDeadRuns());

/** A run whose service answers. */
async function startRun(): Promise<Run> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    child.stdout?.once('data', () => resolve());
    child.once('exit', () => reject(new Error(`the run ended: ${said}`)));
  });
  const states = readdirSync(runsFolder()).flatMap((entry) => {
    const folder = join(runsFolder(), entry);
    try {
      return [{ folder, ...JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) }];
    } catch {
      // Another run of this user, which begins or ends just now.
      return [];
    }
  });
  const { folder, processes } = states.find(({ owner }) => owner.pid === child.pid);
  expect(processes.filter(isRunning)).toHaveLength(1);
  return { child, folder, processes };
}

/** A process that was killed is gone only once the system has come to it. */
async function expectEnded({ processes }: Run): Promise<void> {
  await vi.waitFor(() => expect(processes.filter(isRunning)).toEqual([]), { timeout: 10_000 });
}

async function end({ child }: Run, ...signals: readonly NodeJS.Signals[]): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for (const signal of signals) child.kill(signal);
  await ended;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`a test run that ${signal} ends, even twice in one blow, leaves no service and no folder`, async () => {
    const run = await startRun();
    await end(run, signal, signal);
    await expectEnded(run);
    expect(existsSync(run.folder)).toBe(false);
  });
}

test('the services of a run that was killed are ended by the next run', async () => {
  const run = await startRun();
  await end(run, 'SIGKILL');
  expect(run.processes.filter(isRunning)).toHaveLength(1);
  await sweepDeadRuns();
  expect(run.processes.filter(isRunning)).toEqual([]);
  expect(existsSync(run.folder)).toBe(false);
});

test('two runs at once have services of their own', async () => {
  const [first, second] = await Promise.all([startRun(), startRun()]);
  expect(first.folder).not.toBe(second.folder);
  await end(first, 'SIGINT');
  expect(second.processes.filter(isRunning)).toHaveLength(1);
  await end(second, 'SIGINT');
});
