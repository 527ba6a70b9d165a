import { expect, test } from 'vitest';
import { ErasedPlaces } from '#consumer/erased-places.ts';
import { Books, isReconciled } from '#dead-letters/account.ts';
import type { KnownLetter, LetterState } from '#dead-letters/letter-book.ts';

const value = new Uint8Array([0]);
/** The group has read all of it. */
const read = new Map([[0, 100n]]);
const row = (offset: bigint, rows = 1) => ({ partition: 0, offset, rows });

function letter(offset: bigint, state: LetterState, partition = 0): KnownLetter {
  const id = `cluster/naps/${partition}/${offset}`;
  return { id, at: { partition, offset: 0n }, writtenAt: 0, attempts: 1, sent: 0, state, parkAt: null };
}

test('every offset is in exactly one state, and the first that holds counts', () => {
  const letters = [
    letter(1n, 'open'),
    letter(2n, 'open'),
    letter(3n, 'parked'),
    letter(4n, 'discarded'),
    letter(5n, 'waiting'),
    letter(6n, 'parked'),
    letter(7n, 'open'),
  ];
  const books = new Books([row(0n), row(1n), row(6n)], letters, read);
  for (const offset of [0n, 1n, 2n, 3n, 4n, 5n, 6n]) books.enter({ partition: 0, offset, value });
  for (const offset of [7n, 8n]) books.enter({ partition: 0, offset, value: null });
  const account = books.close();
  expect(account).toMatchObject({
    produced: 9,
    rows: 3,
    parked: 1,
    discarded: 1,
    skipped: 2,
    deadLetters: 2,
  });
  expect(account).toMatchObject({ waiting: 1, gaps: [], doubles: [] });
  expect(isReconciled(account)).toBe(true);
});

test('an offset in no state is a gap', () => {
  const books = new Books([], [letter(0n, 'open', 1)], read);
  books.enter({ partition: 0, offset: 0n, value });
  expect(books.close().gaps).toEqual([{ partition: 0, offset: 0n }]);
  expect(isReconciled(books.close())).toBe(false);
});

test('what the group has not come to yet is no gap, but nothing is reconciled until then', () => {
  const books = new Books([row(0n)], [], new Map([[0, 2n]]));
  for (const offset of [0n, 1n, 2n, 3n]) books.enter({ partition: 0, offset, value });
  books.enter({ partition: 1, offset: 0n, value });
  expect(books.close()).toMatchObject({ gaps: [{ partition: 0, offset: 1n }], unread: 3 });
  const behind = new Books([], [], new Map());
  behind.enter({ partition: 0, offset: 0n, value });
  expect(isReconciled(behind.close())).toBe(false);
});

test('a letter that is said to be a row, and is none, is a gap', () => {
  const books = new Books([], [letter(0n, 'resolved')], read);
  books.enter({ partition: 0, offset: 0n, value });
  expect(books.close().gaps).toHaveLength(1);
});

test('a letter whose record is a row is told, unless its state says so already', () => {
  const letters = [letter(0n, 'waiting'), letter(1n, 'open'), letter(2n, 'resolved'), letter(3n, 'open')];
  const { unmarked } = new Books([row(0n), row(1n), row(2n)], letters, read).close();
  expect(unmarked.map(({ id }) => id)).toEqual(['cluster/naps/0/0', 'cluster/naps/0/1']);
});

test('an offset that was erased is in that state, and one that is a row again is told and not reconciled', () => {
  const erased = new ErasedPlaces();
  erased.add(new Map([[0, [[0n, 2n]]]]));
  const books = new Books([row(2n)], [letter(1n, 'discarded')], read, erased);
  for (const offset of [0n, 1n, 2n]) books.enter({ partition: 0, offset, value });
  const account = books.close();
  expect(account).toMatchObject({ produced: 3, erased: 2, discarded: 0, rows: 1, gaps: [] });
  expect(account.returned).toEqual([{ partition: 0, offset: 2n }]);
  expect(isReconciled(account)).toBe(false);
});

test('an identity with two rows is a double', () => {
  const books = new Books([row(0n, 2)], [], read);
  books.enter({ partition: 0, offset: 0n, value });
  expect(books.close().doubles).toHaveLength(1);
  expect(isReconciled(books.close())).toBe(false);
});
