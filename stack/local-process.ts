import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isZonerError, messageOf, ZonerError } from '#core/errors.ts';
import { identify, isRunning, type ProcessIdentity } from '#stack/process-identity.ts';

export interface LocalProcess {
  readonly identity: ProcessIdentity;
  readonly log: string;
}

const START_DEADLINE_MS = 90_000;
const STOP_DEADLINE_MS = 10_000;
const LOG_LINES = 8;
/** The words of Java, Quarkus, Valkey and Node for a port that is in use. */
const PORT_TAKEN = /address already in use|EADDRINUSE|BindException|Port \d+ .*in use/i;

/**
 * Starts a program in a process group of its own, so that a Ctrl-C reaches only us and we stop it in order.
 * @throws ZonerError STACK_START if the system cannot run it at all
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  cwd: string,
  log: string,
): Promise<LocalProcess> {
  const output = openSync(log, 'a');
  try {
    const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', output, output] });
    child.unref();
    if (child.pid === undefined) {
      const [reason] = await once(child, 'error');
      throw new ZonerError('STACK_START', `cannot run ${command}: ${messageOf(reason)}`, { cause: reason });
    }
    return { identity: identify(child.pid), log };
  } finally {
    closeSync(output);
  }
}

/** How a service shows that it is ready. */
export interface Readiness {
  /** For a person: "the registry". */
  readonly name: string;
  /** In its log once it listens. A port alone proves nothing: another run's service may answer there. */
  readonly says: RegExp;
  isHealthy(): Promise<unknown>;
}

/**
 * Waits until the process says that it is ready, and then asks until it answers.
 * @throws ZonerError STACK_START with the end of the log if the process ends, or the deadline passes
 */
export async function waitUntilReady(
  { identity, log }: LocalProcess,
  signal: AbortSignal,
  { name, says, isHealthy }: Readiness,
  deadlineMs: number = START_DEADLINE_MS,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    signal.throwIfAborted();
    // Asked before the log is read: what it said last before it ended is in it.
    const running = isRunning(identity);
    const answer = says.test(readFileSync(log, 'utf8'))
      ? await isHealthy().then(() => null, messageOf)
      : 'it does not say that it is ready';
    if (running && answer === null) return;
    if (!running) throw startError(`${name} ended while it started`, log);
    if (performance.now() > deadline) throw startError(`${name} did not become healthy (${answer})`, log);
    await sleep(50, undefined, { signal });
  }
}

function startError(what: string, log: string): ZonerError {
  const text = readFileSync(log, 'utf8');
  const lines = text.trim().split('\n').slice(-LOG_LINES).join('\n  ');
  return new ZonerError('STACK_START', `${what}; its log ${log} ends with:\n  ${lines}`, {
    context: { log, portTaken: PORT_TAKEN.test(text) },
  });
}

/** True if a start failed because somebody else took the port between choosing and using it. */
export function isPortTaken(error: unknown): boolean {
  return isZonerError(error, 'STACK_START') && error.context.portTaken === true;
}

/** Ends exactly this process: first asks, then insists. Resolves when it is gone. */
export async function stopProcess(identity: ProcessIdentity): Promise<void> {
  const deadline = performance.now() + STOP_DEADLINE_MS;
  send(identity, 'SIGTERM');
  while (isRunning(identity)) {
    if (performance.now() > deadline) send(identity, 'SIGKILL');
    await sleep(20);
  }
}

/** Ends exactly this process at once, for when there is no time left to wait. */
export function killProcess(identity: ProcessIdentity): void {
  send(identity, 'SIGKILL');
}

function send(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch {
    // It ended by itself in between.
  }
}
