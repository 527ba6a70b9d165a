import { expect, test } from 'vitest';
import { expiringLetters } from '#dead-letters/expiring.ts';
import type { KnownLetter } from '#dead-letters/letter-book.ts';

const DAY = 86_400_000;
const NOW = 1000 * DAY;
const letter = (id: string, age: number, more: Partial<KnownLetter> = {}): KnownLetter => {
  const at = { partition: 0, offset: 0n };
  return { id, at, writtenAt: NOW - age * DAY, attempts: 1, sent: 0, state: 'open', parkAt: null, ...more };
};

test('open letters and those without an outcome are named five days before they expire, the first to go first', () => {
  const letters = [
    letter('young', 24),
    letter('soon', 25),
    letter('waits', 29, { state: 'waiting' }),
    letter('parked', 29, { state: 'parked' }),
    letter('resolved', 29, { state: 'resolved' }),
    letter('gone', 29, { at: null }),
  ];
  expect(expiringLetters(letters, NOW)).toEqual([
    { id: 'waits', expiresAt: NOW + DAY },
    { id: 'soon', expiresAt: NOW + 5 * DAY },
  ]);
});

test('another retention and another time can be asked for', () => {
  const options = { retentionMs: 10 * DAY, withinMs: DAY };
  expect(expiringLetters([letter('a', 8), letter('b', 9)], NOW, options).map(({ id }) => id)).toEqual(['b']);
});
