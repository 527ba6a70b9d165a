import { expect, test } from 'vitest';
import { BREAKER_DEFAULTS, createFloodBreaker } from '#consumer/flood-breaker.ts';
import type { Partitioned, RefusalCode } from '#consumer/outcome.ts';

/** So many accepted and so many refused records; only their number and codes count. */
function outcome(accepted: number, refused: number, code: RefusalCode = 'NO_FRAME'): Partitioned {
  return {
    accepted: Array.from({ length: accepted }),
    refused: Array.from({ length: refused }, () => ({ code })),
    skipped: [],
  } as unknown as Partitioned;
}

const breaker = () => createFloodBreaker({ ...BREAKER_DEFAULTS, accepted: new Set() });

test('more than a fifth of the last thousand, and at least a hundred, with one code is a flood', () => {
  expect(breaker().judge('t', outcome(0, 99))).toBeNull();
  expect(breaker().judge('t', outcome(0, 100))).toEqual({
    topic: 't',
    code: 'NO_FRAME',
    refused: 100,
    of: 100,
  });
  expect(breaker().judge('t', outcome(800, 200))).toBeNull();
  expect(breaker().judge('t', outcome(799, 201))).toMatchObject({ refused: 201 });
});

test('records of earlier batches count, until a thousand have come since', () => {
  const long = breaker();
  long.count('t', outcome(100, 90));
  expect(long.judge('t', outcome(0, 10))).not.toBeNull();
  long.count('t', outcome(1000, 0));
  expect(long.judge('t', outcome(0, 99))).toBeNull();
});

test('two codes that are each below the line are no flood, and one topic is not another', () => {
  const two = breaker();
  two.count('t', outcome(0, 99, 'UNDECODABLE'));
  expect(two.judge('t', outcome(300, 99))).toBeNull();
  expect(two.judge('t-retry', outcome(0, 99))).toBeNull();
});
