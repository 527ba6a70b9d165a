import { expect, test } from 'vitest';
import { deadLetter } from '#consumer/dead-letter.ts';
import { naps } from '#consumer/examples.ts';
import { headerReader, originOf } from '#consumer/origin.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import { FACTS, letterAt } from '#dead-letters/examples.ts';
import { readLetter } from '#dead-letters/letter.ts';
import { retryRecord } from '#dead-letters/retry-record.ts';

const letter = letterAt(42n);

function asRead(): KafkaRecord {
  const record = retryRecord(letter, naps, { run: 'run-1', now: 5n });
  return { ...record, partition: record.partition ?? 0, offset: 0n, timestamp: 5n };
}

test('a replay sends the same bytes to the retry topic, with the origin and the run', () => {
  const sent = asRead();
  expect(sent).toMatchObject({ topic: 'naps-retry', partition: letter.partition });
  expect(sent.key).toBe(letter.key);
  expect(sent.value).toBe(letter.value);
  expect(originOf(sent, naps)).toMatchObject({
    kind: 'origin',
    origin: { topic: 'naps', partition: 1, offset: 42n },
  });
  expect(headerReader(sent)('dlt.replay.id')).toBe('run-1');
  expect(headerReader(sent)('dlt.replay.count')).toBe('1');
  expect(headerReader(sent)('trace')).toBe('t1');
});

test('what was said of the refusal stays behind', () => {
  const names = asRead().headers.map(([name]) => name);
  expect(names.filter((name) => /error|last|stage|code$|__connect/.test(name))).toEqual(['dlt.first.code']);
});

test('a record that is refused again keeps identity and first failure, and counts the attempt', () => {
  const record = asRead();
  const verdict = originOf(record, naps);
  if (verdict.kind !== 'origin') throw new Error(verdict.reason);
  const { partition, timestamp, ...again } = deadLetter(
    {
      record,
      origin: verdict.origin,
      code: 'VALUE_INVALID',
      reason: 'minutes: a number is needed',
      schemaId: 7,
      subjects: [],
    },
    naps,
    { ...FACTS, now: 1_900_000_000_000n },
  );
  const second = { ...again, partition: partition ?? 0, offset: 9n, timestamp: timestamp ?? 0n };
  const before = readLetter(letter);
  expect(readLetter(second)).toMatchObject({
    id: before?.id,
    source: before?.source,
    firstFailedAt: before?.firstFailedAt,
    firstCode: 'UNDECODABLE',
    code: 'VALUE_INVALID',
    reason: 'minutes: a number is needed',
    attempts: 2,
    run: 'run-1',
    lastFailedAt: 1_900_000_000_000n,
  });
  expect(headerReader(second)('dlt.src.headers')).toBe(headerReader(letter)('dlt.src.headers'));
  const names = second.headers.map(([name]) => name);
  expect(new Set(names).size).toBe(names.length);
  const third = retryRecord(second, naps, { run: 'run-2', now: 5n });
  expect(headerReader(third)('dlt.replay.count')).toBe('2');
});
