import { expect, test } from 'vitest';
import { recordOf } from '#consumer/examples.ts';
import { letterAt } from '#dead-letters/examples.ts';
import { placeOf, readLetter } from '#dead-letters/letter.ts';

test('what a letter says is read back', () => {
  expect(readLetter(letterAt(42n))).toMatchObject({
    id: 'c1/naps/1/42',
    at: { partition: 1, offset: 42n },
    code: 'UNDECODABLE',
    firstCode: 'UNDECODABLE',
    reason: 'minutes: the bytes end early',
    stage: 'decode',
    schemaId: 7,
    subjects: ['naps-value'],
    source: { topic: 'naps', partition: 1, offset: 42n, timestamp: 1_700_000_000_000n },
    attempts: 1,
    run: null,
    group: 'zoner-warehouse',
  });
});

test('a record that is no letter of ours is told apart', () => {
  expect(readLetter(recordOf(0n, Buffer.from('x')))).toBeNull();
});

test.each([
  ['activity.kind: written with a branch', 'activity.kind'],
  ['stages[].minutes: the bytes end early', 'stages[].minutes'],
  ['the bytes end early', null],
  ['14 bytes without a Confluent frame', null],
])('the place in "%s" is %s', (reason, place) => {
  expect(placeOf({ reason })).toBe(place);
});
