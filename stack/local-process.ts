import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, ZonerError } from '#core/errors.ts';
import { identify, isRunning, type ProcessIdentity } from '#stack/process-identity.ts';

export interface LocalProcess {
  readonly identity: ProcessIdentity;
  readonly log: string;
}

const START_DEADLINE_MS = 90_000;
const STOP_DEADLINE_MS = 10_000;

/** Starts a program in a process group of its own, so that a Ctrl-C reaches only us and we stop it in order. */
export function startProcess(
  command: string,
  args: readonly string[],
  cwd: string,
  log: string,
): LocalProcess {
  const output = openSync(log, 'a');
  try {
    const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', output, output] });
    // What goes wrong shows in `waitUntilHealthy`: no process, or a log that says why.
    child.on('error', () => {});
    child.unref();
    if (child.pid === undefined) throw new ZonerError('STACK_START', `cannot run ${command}`);
    return { identity: identify(child.pid), log };
  } finally {
    closeSync(output);
  }
}

/**
 * Asks until the service answers.
 * @throws ZonerError STACK_START with the end of the log if the process ends, or the deadline passes
 */
export async function waitUntilHealthy(
  name: string,
  { identity, log }: LocalProcess,
  signal: AbortSignal,
  isHealthy: () => Promise<unknown>,
): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS;
  for (;;) {
    signal.throwIfAborted();
    const answer = await isHealthy().then(
      () => null,
      (error: unknown) => messageOf(error),
    );
    if (answer === null) return;
    if (!isRunning(identity)) throw startError(`${name} ended while it started`, log);
    if (performance.now() > deadline) throw startError(`${name} did not become healthy (${answer})`, log);
    await sleep(50, undefined, { signal });
  }
}

function startError(what: string, log: string): ZonerError {
  const lines = readFileSync(log, 'utf8').trim().split('\n').slice(-8).join('\n  ');
  return new ZonerError('STACK_START', `${what}; its log ${log} ends with:\n  ${lines}`);
}

/** True if a start failed because somebody else took the port between choosing and using it. */
export function isPortTaken(error: unknown): boolean {
  return /address already in use|EADDRINUSE|BindException|Port \d+ .*in use/i.test(messageOf(error));
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

function send(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch {
    // It ended by itself in between.
  }
}
