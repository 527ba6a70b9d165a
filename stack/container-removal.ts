import { spawnSync } from 'node:child_process';

const DEADLINE_MS = 30_000;

/**
 * Removes containers by their ids, for when nobody is left to stop them in order. Blocks, because a process that is
 * about to exit waits for nothing else. One that is gone already is no error.
 */
export function removeContainers(ids: readonly string[]): void {
  if (ids.length === 0) return;
  spawnSync('docker', ['rm', '--force', '--volumes', ...ids], { stdio: 'ignore', timeout: DEADLINE_MS });
}
