import fc from 'fast-check';
import { expect, test } from 'vitest';
import { naps } from '#consumer/examples.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import { topicNames } from '#contract/topic-names.ts';
import { entryAt, letterAt } from '#dead-letters/examples.ts';
import { LetterBook } from '#dead-letters/letter-book.ts';
import { retryRecord } from '#dead-letters/retry-record.ts';

const ID = 'c1/naps/1/42';
const first = letterAt(42n);

/** The record that a replay of the letter sends, as it is read back. */
function sentAt(offset: bigint, letter: KafkaRecord): KafkaRecord {
  const record = retryRecord(letter, naps, { run: 'r', now: 0n });
  return { ...record, partition: record.partition ?? 0, offset, timestamp: 0n };
}

/** The letter of a replayed record that was refused again. */
function again(offset: bigint, sent: KafkaRecord): KafkaRecord {
  const origin = { topic: 'naps', partition: 1, offset: 42n, timestamp: 1_700_000_000_000n };
  return { ...letterAt(42n, { record: sent, origin }), offset };
}

const sent = sentAt(0n, first);
const second = again(43n, sent);

function stateAfter(...records: readonly KafkaRecord[]) {
  const book = new LetterBook(topicNames('naps'));
  for (const record of records) book.enter(record);
  return book.of(ID)?.state;
}

test('a letter is open, waits once it was sent, and is resolved once the consumer says so', () => {
  expect(stateAfter(first)).toBe('open');
  expect(stateAfter(first, sent)).toBe('waiting');
  expect(stateAfter(first, entryAt(0n, ID, {}))).toBe('waiting');
  expect(stateAfter(first, sent, entryAt(1n, ID, { state: 'RESOLVED' }))).toBe('resolved');
});

test('a letter that came back is open again, with one attempt more', () => {
  const book = new LetterBook(topicNames('naps'));
  for (const record of [first, sent, entryAt(0n, ID, {}), second]) book.enter(record);
  expect(book.of(ID)).toMatchObject({ state: 'open', attempts: 2, sent: 1, at: { offset: 43n } });
  expect(book.isNewest(ID, { partition: 1, offset: 42n })).toBe(false);
});

test('what a person decides holds until a person opens the letter again', () => {
  const parked = entryAt(1n, ID, { state: 'PARKED' });
  const open = entryAt(2n, ID, { state: 'OPEN', parkAt: 6 });
  expect(stateAfter(first, parked)).toBe('parked');
  expect(stateAfter(first, entryAt(1n, ID, { state: 'DISCARDED' }))).toBe('discarded');
  expect(stateAfter(first, parked, open)).toBe('open');
  const book = new LetterBook(topicNames('naps'));
  for (const record of [first, parked, open]) book.enter(record);
  expect(book.of(ID)?.parkAt).toBe(6);
  expect(stateAfter(first, parked, entryAt(2n, ID, null))).toBe('open');
});

test('a letter that expired is remembered by what was decided of it', () => {
  expect(stateAfter(entryAt(0n, ID, { state: 'PARKED' }))).toBe('parked');
  expect(stateAfter(sent)).toBe('waiting');
});

test('the ledger of others, and records that are no letters, say nothing', () => {
  const junk = { ...entryAt(0n, ID, {}), value: Buffer.from('{"state":"GONE"}') };
  expect(stateAfter({ ...first, headers: [] }, junk)).toBeUndefined();
  expect(stateAfter(first, { ...entryAt(0n, ID, {}), key: null })).toBe('open');
});

test('topics may come in any order, and each may be read twice', () => {
  const letters = [first, second];
  const ledger = [
    entryAt(0n, ID, {}),
    entryAt(1n, ID, { state: 'PARKED' }),
    entryAt(2n, ID, { state: 'OPEN' }),
  ];
  const expected = stateAfter(...letters, ...ledger, sent);
  const lists = [letters, ledger, [sent]];
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 0, 1, 2], { minLength: 6 }), (order) => {
      expect(stateAfter(...order.flatMap((at) => lists[at] ?? []))).toBe(expected);
    }),
  );
});
