import { watch } from 'node:fs/promises';
import { sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf, ZonerError } from '#core/errors.ts';

/** Editors write a file in several steps, and a change of branch writes many. */
const QUIET_MS = 60;

/**
 * Calls `run` whenever something below the folder changed, `generated/` aside, one call at a time, until the signal
 * aborts. What changes during a call leads to another one.
 * @throws ZonerError FILE_UNREADABLE if the folder cannot be watched
 */
export async function watchSchemas(
  folder: string,
  run: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let dirty = false;
  let running: Promise<void> | null = null;
  const drain = async (): Promise<void> => {
    while (dirty && !signal.aborted) {
      await wait(QUIET_MS);
      dirty = false;
      await run();
    }
    running = null;
  };
  try {
    for await (const { filename } of watch(folder, { recursive: true, signal })) {
      const [top = ''] = (filename ?? '').split(sep);
      if (top === 'generated' || !isSource(filename)) continue;
      dirty = true;
      running ??= drain();
    }
  } catch (error) {
    if (!signal.aborted)
      throw new ZonerError('FILE_UNREADABLE', `cannot watch ${folder}: ${messageOf(error)}`, {
        cause: error,
      });
  }
  await running;
}

/** Folders come and go under their plain names; files that editors keep beside a schema do not count. */
function isSource(filename: string | null): boolean {
  return (
    filename === null ||
    /(?:\.avsc|contract\.json|registry\.lock\.json)$/.test(filename) ||
    !/[.~]/.test(filename)
  );
}
