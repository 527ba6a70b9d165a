import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopProcess } from '#stack/local-process.ts';
import { identify, isRunning, type ProcessIdentity } from '#stack/process-identity.ts';

/** Services that live as long as one command: their folder, and who started what in it. */
export interface RunFolder {
  readonly path: string;
  /** Writes a process down, so that it is found even if this process is killed. */
  record(identity: ProcessIdentity): void;
  remove(): void;
}

interface RunState {
  readonly owner: ProcessIdentity;
  readonly processes: readonly ProcessIdentity[];
}

const STATE = 'run.json';

/** A new folder for this process' services. `base` is where all runs of this user stand. */
export function createRunFolder(base: string = join(tmpdir(), 'zoner-runs')): RunFolder {
  mkdirSync(base, { recursive: true });
  const path = mkdtempSync(join(base, 'run-'));
  let state: RunState = { owner: identify(process.pid), processes: [] };
  writeState(path, state);
  return {
    path,
    record(identity) {
      state = { ...state, processes: [...state.processes, identity] };
      writeState(path, state);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Ends the services of runs whose owner was killed before it could, and removes their folders. */
export async function sweepDeadRuns(base: string = join(tmpdir(), 'zoner-runs')): Promise<void> {
  mkdirSync(base, { recursive: true });
  for (const entry of readdirSync(base)) {
    const path = join(base, entry);
    const state = readState(path);
    if (state === null || isRunning(state.owner)) continue;
    await Promise.all(state.processes.map(stopProcess));
    rmSync(path, { recursive: true, force: true });
  }
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
