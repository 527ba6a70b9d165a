import type { KnownLetter } from '#dead-letters/letter-book.ts';

const DAY_MS = 86_400_000;

/** How long the dead letter topic keeps a letter, as `zoner topics apply` makes it. */
export const LETTER_RETENTION_MS = 30 * DAY_MS;

export interface ExpiringLetter {
  readonly id: string;
  /** When the broker may delete it, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * The open letters, and those that were replayed without an outcome, that the broker may delete soon; the first to go
 * first. A letter lasts from when it was written last: one that is parked and reopened begins anew.
 * @param now milliseconds since 1970
 * @param options `withinMs`: how soon, five days by default; `retentionMs`: of the dead letter topic
 */
export function expiringLetters(
  letters: Iterable<KnownLetter>,
  now: number,
  options: { readonly withinMs?: number; readonly retentionMs?: number } = {},
): readonly ExpiringLetter[] {
  const { withinMs = 5 * DAY_MS, retentionMs = LETTER_RETENTION_MS } = options;
  const expiring: ExpiringLetter[] = [];
  for (const { id, at, writtenAt, state } of letters) {
    if (at === null || (state !== 'open' && state !== 'waiting')) continue;
    const expiresAt = writtenAt + retentionMs;
    if (expiresAt <= now + withinMs) expiring.push({ id, expiresAt });
  }
  return expiring.sort((a, b) => a.expiresAt - b.expiresAt || a.id.localeCompare(b.id));
}
