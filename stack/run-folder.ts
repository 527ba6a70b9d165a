import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ZonerError } from '#core/errors.ts';
import { removeContainers } from '#stack/container-removal.ts';
import { killProcess, stopProcess } from '#stack/local-process.ts';
import { identify, isRunning, type ProcessIdentity } from '#stack/process-identity.ts';

/** Services that live as long as one command: their folder, and who started what in it. */
export interface RunFolder {
  readonly path: string;
  /** Writes a process down, so that it is found even if this process is killed. */
  recordProcess(identity: ProcessIdentity): void;
  /** The same for a container, by its id. */
  recordContainer(id: string): void;
  /** Ends all that was written down without waiting for anything, and removes the folder. */
  endNow(): void;
  remove(): void;
}

interface RunState {
  readonly owner: ProcessIdentity;
  readonly processes: readonly ProcessIdentity[];
  readonly containers: readonly string[];
}

const STATE = 'run.json';

/** Where all runs of this user stand. */
export function runsFolder(): string {
  return join(tmpdir(), `zoner-runs-${userInfo().uid}`);
}

/** A new folder for this process' services. */
export function createRunFolder(base: string = runsFolder()): RunFolder {
  makeOwn(base);
  const path = mkdtempSync(join(base, 'run-'));
  let state: RunState = { owner: identify(process.pid), processes: [], containers: [] };
  const change = (next: Partial<RunState>): void => {
    state = { ...state, ...next };
    writeState(path, state);
  };
  change({});
  const remove = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  return {
    path,
    recordProcess: (identity) => change({ processes: [...state.processes, identity] }),
    recordContainer: (id) => change({ containers: [...state.containers, id] }),
    endNow() {
      state.processes.forEach(killProcess);
      removeContainers(state.containers);
      remove();
    },
    remove,
  };
}

/** Ends the services of runs whose owner was killed before it could, and removes their folders. */
export async function sweepDeadRuns(base: string = runsFolder()): Promise<void> {
  makeOwn(base);
  for (const entry of readdirSync(base)) {
    const path = join(base, entry);
    const state = readState(path);
    if (state === null || isRunning(state.owner)) continue;
    await Promise.all(state.processes.map(stopProcess));
    removeContainers(state.containers);
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** In a temporary folder that all users share, what another one prepared would decide which processes are ended. */
function makeOwn(base: string): void {
  mkdirSync(base, { recursive: true, mode: 0o700 });
  if (statSync(base).uid === userInfo().uid) return;
  throw new ZonerError('STACK_START', `${base} belongs to another user`, {
    remedy: 'Set TMPDIR to a folder of your own.',
  });
}

function writeState(path: string, state: RunState): void {
  const file = join(path, STATE);
  writeFileSync(`${file}.new`, JSON.stringify(state));
  renameSync(`${file}.new`, file);
}

/** Null for a folder that is just being made, or is not ours. */
function readState(path: string): RunState | null {
  try {
    return JSON.parse(readFileSync(join(path, STATE), 'utf8')) as RunState;
  } catch {
    return null;
  }
}
