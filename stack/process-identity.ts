import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A process beyond doubt: its id, which the system uses again, and its start, which tells two users of it apart. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the system gives it: on Linux clock ticks since boot, elsewhere the date that `ps` prints. Null if it is over. */
  readonly start: string | null;
}

const HAS_PROC = existsSync('/proc/self/stat');

export function identify(pid: number): ProcessIdentity {
  return { pid, start: startOf(pid) };
}

/** True if exactly this process still runs. */
export function isRunning({ pid, start }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return start !== null && startOf(pid) === start;
}

/** When the process with this id began; null if there is none, or it has ended and was only not collected yet. */
export function startOf(pid: number, hasProc: boolean = HAS_PROC): string | null {
  return hasProc ? startFromProc(pid) : startFromPs(pid);
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold blanks, so the count starts behind its bracket. */
function startFromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** macOS has no /proc. The language is fixed, because the date is compared as text. */
function startFromPs(pid: number): string | null {
  const env = { ...process.env, LC_ALL: 'C' };
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', env });
  const [, state, start] = /^(\S+)\s+(.+)$/.exec((stdout ?? '').trim()) ?? [];
  return state?.startsWith('Z') ? null : (start ?? null);
}
