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

/** Carries the changes out. Each file gets its name only when it is complete. */
export async function applyChanges(folder: string, changes: readonly FileChange[]): Promise<void> {
  for (const { path, state, after } of changes) {
    const file = join(folder, path);
    if (state === 'removed') await rm(file);
    if (state !== 'written' || after === null) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, after);
    await rename(`${file}.new`, file);
  }
}
