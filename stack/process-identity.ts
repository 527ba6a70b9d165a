import { readFileSync } from 'node:fs';

/** A process beyond doubt: its id, which the system uses again, and its start, which tells two users of it apart. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since boot, as Linux gives it; null where that cannot be read. */
  readonly start: string | null;
}

export function identify(pid: number): ProcessIdentity {
  return { pid, start: startOf(pid) };
}

/** True if exactly this process still runs. Where starts cannot be read, the id alone decides. */
export function isRunning({ pid, start }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return startOf(pid) === start;
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold blanks, so the count starts behind its bracket. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A process that has ended and was not collected yet runs no more.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null);
  } catch {
    return null;
  }
}
