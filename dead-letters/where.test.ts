import { expect, test } from 'vitest';
import { letterAt } from '#dead-letters/examples.ts';
import { readLetter } from '#dead-letters/letter.ts';
import { letterFilter, momentOf } from '#dead-letters/where.ts';

const record = letterAt(42n);
const letter = readLetter(record);
if (letter === null) throw new Error('the example is a letter');
const NOW = 1_800_000_000_000 + 3_600_000;
const chooses = (cause: string | null, ...where: string[]): boolean =>
  letterFilter(cause, where, NOW)(letter, record);

test('a cause covers the causes that begin with it', () => {
  expect(chooses('UNDECODABLE')).toBe(true);
  expect(chooses('UNDECODABLE:7')).toBe(true);
  expect(chooses('UNDECODABLE:7:minutes')).toBe(true);
  expect(chooses('UNDECODABLE:70')).toBe(false);
  expect(chooses('UNDECOD')).toBe(false);
});

test.each([
  'partition=1',
  'offset>=42',
  'offset < 43',
  'offset!=41',
  'key=ada',
  'place=minutes',
  'schema=7',
  'subject=naps-value',
  'stage=decode',
  'attempts<=1',
  'last>=2h',
  'last<30m',
  'time<2026-01-01',
])('%s chooses the letter', (condition) => {
  expect(chooses(null, condition)).toBe(true);
});

test.each(['partition=2', 'offset>42', 'key=bob', 'key!=ada', 'last>=30m', 'schema!=7', 'code<A'])(
  '%s does not',
  (condition) => {
    expect(chooses(null, condition)).toBe(false);
  },
);

test('all conditions have to hold', () => {
  expect(chooses('UNDECODABLE', 'partition=1', 'key=bob')).toBe(false);
});

test.each(['colour=red', 'partition', 'partition=x', 'last=yesterday', 'constructor=1'])(
  '%s is refused as wrong usage',
  (condition) => {
    expect(() => chooses(null, condition)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  },
);

test('a moment is an ISO time or an age', () => {
  expect(momentOf('24h', NOW)).toBe(NOW - 86_400_000);
  expect(momentOf('2026-03-01T00:00:00Z', NOW)).toBe(Date.UTC(2026, 2, 1));
  expect(momentOf('soon', NOW)).toBeNull();
});
