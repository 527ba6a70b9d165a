import { expect, test } from 'vitest';
import { CauseTally } from '#dead-letters/causes.ts';
import { letterAt } from '#dead-letters/examples.ts';
import { type Letter, readLetter } from '#dead-letters/letter.ts';
import type { Verdict } from '#dead-letters/prove.ts';

const passes: Verdict = { kind: 'passes' };
const fails: Verdict = { kind: 'fails', code: 'UNDECODABLE', reason: 'minutes: the bytes end early' };

function letterOf(...args: Parameters<typeof letterAt>): Letter {
  const letter = readLetter(letterAt(...args));
  if (letter === null) throw new Error('the example is a letter');
  return letter;
}

test('letters are counted by code, schema id and place, with how many would pass, the most frequent first', () => {
  const tally = new CauseTally();
  tally.add(letterOf(1n, { code: 'NO_FRAME', reason: '3 bytes without a frame', schemaId: null }), fails);
  tally.add(letterOf(2n, {}, 2000n), passes);
  tally.add(letterOf(3n, {}, 1000n), fails);
  expect(tally.close()).toMatchObject([
    {
      cause: 'UNDECODABLE:7:minutes',
      count: 2,
      decodable: 1,
      firstFailedAt: 1000n,
      lastFailedAt: 2000n,
      sample: { id: 'c1/naps/1/2' },
      stillFails: { code: 'UNDECODABLE', reason: fails.reason },
    },
    { cause: 'NO_FRAME:-', schemaId: null, place: null, count: 1, decodable: 0 },
  ]);
});

test('garbage with an id of its own each does not fill the memory', () => {
  const tally = new CauseTally();
  for (let id = 1; id <= 1200; id += 1)
    tally.add(letterOf(BigInt(id), { code: 'UNKNOWN_SCHEMA_ID', schemaId: id, reason: 'unknown' }), fails);
  const causes = tally.close();
  expect(causes.length).toBeLessThanOrEqual(1001);
  expect(causes[0]).toMatchObject({ cause: 'UNKNOWN_SCHEMA_ID', schemaId: null, count: 200 });
});
