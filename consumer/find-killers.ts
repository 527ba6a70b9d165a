import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ConsumedContract, KafkaRecord, WriterSchema } from '#consumer/ports.ts';
import { fieldsOf } from '#consumer/record-fields.ts';
import { ZonerError } from '#core/errors.ts';

/** What the child process is told: everything that `partition` needs, and the records one by one. */
export interface Trial {
  readonly records: readonly KafkaRecord[];
  readonly writers: ReadonlyMap<number, WriterSchema>;
  readonly contract: ConsumedContract;
}

/** For the process to come up. */
const START_MS = 30_000;
const CHILD = fileURLToPath(new URL('./trial-child.ts', import.meta.url));

export interface TrialOptions {
  /** A record that takes longer is one that ends processes, too. Default 30 000. */
  readonly deadlineMs?: number;
  /** The program that judges them: it prints the index of each record before it begins with it, and `done` at the end. */
  readonly program?: string;
}

/**
 * Judges records one by one in a process of its own, and tells which of them end it. After each such record a new process
 * goes on with the next.
 */
export async function findKillers(
  trial: Trial,
  signal: AbortSignal,
  options: TrialOptions = {},
): Promise<ReadonlySet<KafkaRecord>> {
  const killers = new Set<KafkaRecord>();
  let rest = trial.records;
  while (rest.length > 0) {
    signal.throwIfAborted();
    const begunAt = await runTrial({ ...trial, records: rest }, signal, options);
    const killer = begunAt === null ? undefined : rest[begunAt];
    if (begunAt === null || killer === undefined) break;
    killers.add(killer);
    rest = rest.slice(begunAt + 1);
  }
  return killers;
}

/** @returns the index of the record at which the process ended, or null if it came to its end */
function runTrial(
  trial: Trial,
  signal: AbortSignal,
  { deadlineMs = 30_000, program = CHILD }: TrialOptions,
): Promise<number | null> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const child = fork(program, [], { serialization: 'advanced', stdio: ['ignore', 'pipe', 'ignore', 'ipc'] });
  let begunAt = -1;
  let done = false;
  let timer = endAfter(child, START_MS + deadlineMs);
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop);
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on('line', (line) => {
    if (line === 'done') done = true;
    else begunAt = Number(line);
    clearTimeout(timer);
    timer = endAfter(child, deadlineMs);
  });
  child.once('error', reject);
  child.once('close', () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    if (signal.aborted) reject(new ZonerError('LEASE_LOST', 'the trial of a batch was stopped'));
    else if (done) resolve(null);
    else if (begunAt >= 0) resolve(begunAt);
    else reject(new Error('the process that tries records ended before the first one'));
  });
  child.send({ ...trial, records: trial.records.map(fieldsOf) }, (error) => {
    if (error) stop();
  });
  return promise;
}

function endAfter(child: ChildProcess, ms: number): NodeJS.Timeout {
  return setTimeout(() => child.kill('SIGKILL'), ms);
}
