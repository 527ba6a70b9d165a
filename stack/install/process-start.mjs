import { readFileSync } from 'node:fs';

/**
 * When a process began, as text, to tell two users of one process id apart; '' where the system has no /proc, and for one
 * that has ended and was only not collected yet, which the first process of a container may never do.
 * `stack/process-identity.ts` is the same for everything that runs once TypeScript does.
 */
export function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? '' : fields[19];
  } catch {
    return '';
  }
}

/** True if the process with this id runs, whoever owns it, and began at `start`. */
export function isRunning(pid, start) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return startOf(pid) === start;
}
