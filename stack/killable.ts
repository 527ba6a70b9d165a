import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaIsHealthy, registryIsHealthy, snowflakeIsHealthy } from '#stack/health.ts';
import { killProcess, stopProcess } from '#stack/local-process.ts';
import { identify, isRunning, type ProcessIdentity } from '#stack/process-identity.ts';
import { createRunFolder, sweepDeadRuns } from '#stack/run-folder.ts';
import { type Environment, type RunningServices, startServices } from '#stack/services.ts';

/** What of a command line tells the service. */
const MARKS = { kafka: 'kafka.Kafka', registry: 'quarkus-run.jar', snowflake: 'local/main.ts' } as const;
export type KillableName = keyof typeof MARKS;
export const KILLABLE = Object.keys(MARKS) as readonly KillableName[];

/** Local processes that can be killed and come back on the same port with the same data. Linux only. */
export interface KillableServices {
  readonly env: Readonly<Record<string, string>>;
  /** Ends the process without a warning, as a lost machine does. */
  kill(name: KillableName): Promise<void>;
  /** Starts it again; resolves when it answers. Harmless for one that runs. */
  revive(name: KillableName): Promise<void>;
  stop(): Promise<void>;
}

const REVIVE_DEADLINE_MS = 90_000;

/** @throws ZonerError STACK_START, STACK_TOOL_MISSING */
export async function startKillable(env: Environment, signal: AbortSignal): Promise<KillableServices> {
  await sweepDeadRuns();
  const folder = createRunFolder();
  process.once('exit', folder.endNow);
  const started: ProcessIdentity[] = [];
  const services = await startServices({
    env,
    folder: folder.path,
    signal,
    engine: 'process',
    onProcess(identity) {
      started.push(identity);
      folder.recordProcess(identity);
    },
    onContainer: folder.recordContainer,
    onStarted: () => {},
  });
  const found = new Map(KILLABLE.map((name) => [name, lastWith(started, MARKS[name])]));
  const kill = async (name: KillableName): Promise<void> => {
    const { identity } = found.get(name) ?? {};
    if (identity === undefined) throw new Error(`there is no process of ${name}`);
    killProcess(identity);
    while (isRunning(identity)) await sleep(5);
  };
  const revive = async (name: KillableName): Promise<void> => {
    const known = found.get(name);
    if (known === undefined) throw new Error(`there is no process of ${name}`);
    if (!isRunning(known.identity)) {
      const [file = '', ...args] = known.command;
      const child = spawn(file, args, { cwd: known.cwd, detached: true, stdio: 'ignore' });
      child.unref();
      const identity = identify(child.pid ?? 0);
      folder.recordProcess(identity);
      found.set(name, { ...known, identity });
    }
    await healthy(name, services);
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...found.values()].map((each) => each && stopProcess(each.identity)));
    await services.stop();
    process.off('exit', folder.endNow);
    folder.remove();
  };
  return { env: services.env, kill, revive, stop };
}

interface Killable {
  readonly identity: ProcessIdentity;
  readonly command: readonly string[];
  readonly cwd: string;
}

function lastWith(started: readonly ProcessIdentity[], mark: string): Killable {
  for (const identity of started.toReversed()) {
    const command = readFileSync(`/proc/${identity.pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    if (command.some((part) => part.endsWith(mark)))
      return { identity, command, cwd: readlinkSync(`/proc/${identity.pid}/cwd`) };
  }
  throw new Error(`no process was started with ${mark}`);
}

async function healthy(name: KillableName, { env }: RunningServices): Promise<void> {
  const checks: Readonly<Record<KillableName, () => Promise<void>>> = {
    kafka: () => kafkaIsHealthy(String(env.KAFKA_BROKER)),
    registry: () => registryIsHealthy(String(env.SCHEMA_REGISTRY_URL)),
    snowflake: () => snowflakeIsHealthy(String(env.SNOWFLAKE_ACCESS_URL)),
  };
  const deadline = performance.now() + REVIVE_DEADLINE_MS;
  for (;;) {
    try {
      return await checks[name]();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
