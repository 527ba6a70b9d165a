import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileChange } from '#codegen/compare.ts';
import { messageOf, ZonerError } from '#core/errors.ts';

/** Every file below a folder, by its path there; none if there is no such folder. */
export async function readGenerated(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const texts = await Promise.all(
      paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const),
    );
    return new Map(texts);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw new ZonerError('FILE_UNREADABLE', `cannot read ${folder}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Carries the changes out: first every file is written in full under another name, then all get their names. A full disk
 * or a forbidden folder therefore leaves everything as it was.
 * @throws ZonerError FILE_UNREADABLE
 */
export async function applyChanges(folder: string, changes: readonly FileChange[]): Promise<void> {
  const staged: { readonly from: string; readonly to: string }[] = [];
  try {
    for (const { path, state, after } of changes) {
      if (state !== 'written' || after === null) continue;
      const to = join(folder, path);
      const from = `${to}.new`;
      await mkdir(dirname(to), { recursive: true });
      staged.push({ from, to });
      await writeFile(from, after);
    }
    for (const { from, to } of staged) await rename(from, to);
    for (const { path, state } of changes) if (state === 'removed') await rm(join(folder, path));
  } catch (error) {
    await Promise.allSettled(staged.map(({ from }) => rm(from, { force: true })));
    throw new ZonerError('FILE_UNREADABLE', `cannot write in ${folder}: ${messageOf(error)}`, {
      cause: error,
      remedy: 'Check that this user may write there and that the disk is not full.',
    });
  }
}
