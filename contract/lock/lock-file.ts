import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCK_FILE, type RegistryLock } from '#contract/lock/lock.ts';
import { lockText } from '#contract/lock/lock-text.ts';
import { parseLock } from '#contract/lock/parse-lock.ts';
import { messageOf, ZonerError } from '#core/errors.ts';

/**
 * The lock of a schemas folder; null if there is none.
 * @throws ZonerError LOCK_INVALID, FILE_UNREADABLE
 */
export async function readLock(directory: string): Promise<RegistryLock | null> {
  const path = join(directory, LOCK_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new ZonerError('FILE_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
  return parseLock(text);
}

/**
 * Writes the lock of a schemas folder, whole or not at all. Answers whether that changed anything.
 * @throws ZonerError FILE_UNREADABLE
 */
export async function writeLock(directory: string, lock: RegistryLock): Promise<boolean> {
  const path = join(directory, LOCK_FILE);
  const text = lockText(lock);
  const before = await readFile(path, 'utf8').catch(() => null);
  if (before === text) return false;
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new ZonerError('FILE_UNREADABLE', `cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
  return true;
}
