import { expiringLetters } from '#dead-letters/expiring.ts';
import type { LetterState } from '#dead-letters/letter-book.ts';
import type { WatchDeps } from '#dead-letters/ports.ts';
import { startWatch } from '#dead-letters/watch.ts';

export interface LetterCounts {
  readonly byState: ReadonlyMap<LetterState, number>;
  /** Open or waiting, and the broker may delete them within five days. */
  readonly expiring: number;
}

/** Reads the dead letters of a contract once, and counts them. Leaves no trace. @param now milliseconds since 1970 */
export async function countLetters(deps: WatchDeps, now: number): Promise<LetterCounts> {
  const watch = await startWatch(deps);
  try {
    const byState = new Map<LetterState, number>();
    for (const { state } of watch.book.all()) byState.set(state, (byState.get(state) ?? 0) + 1);
    return { byState, expiring: expiringLetters(watch.book.all(), now).length };
  } finally {
    await watch.close();
  }
}
