import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SnapshotFiles } from '#registry/registry-snapshot.ts';

/** Longer names than file systems take are replaced by their hash. */
const MAX_NAME = 120;

/**
 * A folder for what one registry said; several processes may share it. A disk that cannot be written costs the snapshot
 * and nothing else.
 * @param url of the registry: another one has another folder, because its ids mean other schemas
 * @param onTrouble told of the first write that fails
 */
export function snapshotFolder(
  parent: string,
  url: string,
  onTrouble: (error: unknown) => void,
): SnapshotFiles {
  const folder = join(parent, createHash('sha256').update(url).digest('hex').slice(0, 16));
  let troubled = false;
  const fileOf = (name: string): string => {
    const short = name.length <= MAX_NAME ? name : createHash('sha256').update(name).digest('hex');
    return join(folder, `${short}.json`);
  };
  return {
    read: (name) => readFile(fileOf(name), 'utf8').catch(() => null),
    async write(name, text) {
      const made = join(folder, `.${randomUUID()}`);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(made, text);
        await rename(made, fileOf(name));
      } catch (error) {
        await rm(made, { force: true }).catch(() => undefined);
        if (!troubled) onTrouble(error);
        troubled = true;
      }
    },
  };
}
