import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, startOf } from './process-start.mjs';

/**
 * Runs `work` while this process alone holds the lock at `path`; a lock whose holders are all dead is taken over. It is
 * a folder with a file for each holder. A folder is renamed into place, which succeeds as a whole or finds another there.
 *
 * `work` is handed a function that makes a further process a holder: a tool lives on if this process is killed, and
 * what it still writes must not meet the next install.
 */
export async function withLock(path, onWait, work) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!take(path)) {
    if (isStale(path)) removeIf(path, isStale);
    if (!told) onWait();
    told = true;
    await sleep(200);
  }
  try {
    return await work((pid) => addHolder(path, pid));
  } finally {
    removeIf(path, () => true);
  }
}

function addHolder(folder, pid) {
  writeFileSync(join(folder, String(pid)), startOf(pid));
}

function take(path) {
  const mine = mkdtempSync(`${path}.`);
  try {
    addHolder(mine, process.pid);
    renameSync(mine, path);
    return true;
  } catch (error) {
    rmSync(mine, { recursive: true, force: true });
    if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Moved aside first: a folder that is half removed could be taken over, and what took it would be removed too. */
function removeIf(path, condition) {
  const aside = `${path}.old.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  // Between the look and the rename another process may have taken the lock over: then it gets it back.
  if (condition(aside)) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, path);
}

/** True if there is a lock, and nobody who holds it runs. */
function isStale(path) {
  try {
    return readdirSync(path).every((pid) => !isRunning(Number(pid), readFileSync(join(path, pid), 'utf8')));
  } catch {
    // Gone already: the next attempt will take it.
    return false;
  }
}
