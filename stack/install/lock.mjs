import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while this process alone holds the lock at `path`; a lock whose process died is taken over. A folder with
 * the owner's process id inside is renamed into place, which either succeeds as a whole or finds another one there.
 */
export async function withLock(path, onWait, work) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!take(path)) {
    breakIfStale(path);
    if (!told) onWait();
    told = true;
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function take(path) {
  const mine = mkdtempSync(`${path}.`);
  writeFileSync(join(mine, 'pid'), String(process.pid));
  try {
    renameSync(mine, path);
    return true;
  } catch (error) {
    rmSync(mine, { recursive: true, force: true });
    if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
    throw error;
  }
}

function breakIfStale(path) {
  if (ownerLives(path)) return;
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    // Between the look and the rename another process may have taken the lock over: then it gets it back.
    if (ownerLives(aside)) renameSync(aside, path);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

function ownerLives(path) {
  try {
    return isAlive(Number(readFileSync(join(path, 'pid'), 'utf8')));
  } catch {
    // Gone already: not stale, and the next attempt will take it.
    return true;
  }
}

/** True if a process with this id runs, whoever owns it. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
