import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BREAKER_DEFAULTS, createFloodBreaker } from '#consumer/flood-breaker.ts';
import type { Partitioned, RefusalCode } from '#consumer/outcome.ts';

type Fate = 'accepted' | 'skipped' | RefusalCode;

/** What became of records in the order of the log; only their fates and offsets count. */
function outcome(fates: readonly Fate[], from = 0): Partitioned {
  const records = fates.map((fate, at) => ({ fate, code: fate, record: { offset: BigInt(from + at) } }));
  const those = (keep: (fate: Fate) => boolean) => records.filter(({ fate }) => keep(fate));
  return {
    accepted: those((fate) => fate === 'accepted'),
    skipped: those((fate) => fate === 'skipped'),
    refused: those((fate) => fate !== 'accepted' && fate !== 'skipped'),
  } as unknown as Partitioned;
}

const times = (count: number, fate: Fate): readonly Fate[] => Array.from({ length: count }, () => fate);
const breaker = () => createFloodBreaker({ ...BREAKER_DEFAULTS, accepted: new Set() });

test('a hundred refusals with one code are the least that is a flood', () => {
  expect(breaker().judge('t', outcome(times(99, 'NO_FRAME')))).toBeNull();
  const flood = { topic: 't', code: 'NO_FRAME', refused: 100, of: 100 };
  expect(breaker().judge('t', outcome(times(100, 'NO_FRAME')))).toEqual(flood);
});

test('a fifth of the last thousand is none, and one more is', () => {
  const fifth = [...times(800, 'accepted'), ...times(200, 'NO_FRAME')];
  expect(breaker().judge('t', outcome(fifth))).toBeNull();
  expect(breaker().judge('t', outcome([...fifth, 'NO_FRAME']))).toMatchObject({ refused: 201, of: 1000 });
});

test('of a large batch the refused stand where they stood: a twentieth, spread out, is no flood', () => {
  const fates = times(20_000, 'accepted').map((fate, at): Fate => (at % 20 === 7 ? 'NO_FRAME' : fate));
  const judged = outcome(fates);
  // As the sink leaves them: behind the others, and not in order.
  expect(breaker().judge('t', { ...judged, refused: judged.refused.toReversed() })).toBeNull();
});

test('a flood at the beginning of a large batch is one, whatever follows', () => {
  const fates = [...times(150, 'NO_FRAME'), ...times(9000, 'accepted')];
  expect(breaker().judge('t', outcome(fates))).toMatchObject({ code: 'NO_FRAME', refused: 100 });
});

test('how the log is cut into batches changes nothing', () => {
  const fate = fc.constantFrom<Fate>('accepted', 'accepted', 'skipped', 'NO_FRAME', 'UNDECODABLE');
  const options = { window: 20, share: 0.2, least: 3, accepted: new Set<RefusalCode>() };
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 80 }), fc.integer({ min: 1, max: 30 }), (fates, size) => {
      const whole = createFloodBreaker(options).judge('t', outcome(fates));
      const cut = createFloodBreaker(options);
      let found: unknown = null;
      for (let from = 0; from < fates.length && found === null; from += size) {
        const batch = outcome(fates.slice(from, from + size), from);
        found = cut.judge('t', batch);
        cut.count('t', batch);
      }
      expect(found).toEqual(whole);
    }),
  );
});

test('records of earlier batches count, until a thousand have come since', () => {
  const long = breaker();
  long.count('t', outcome([...times(100, 'accepted'), ...times(90, 'NO_FRAME')]));
  expect(long.judge('t', outcome(times(10, 'NO_FRAME')))).not.toBeNull();
  long.count('t', outcome(times(1000, 'accepted')));
  expect(long.judge('t', outcome(times(99, 'NO_FRAME')))).toBeNull();
});

test('two codes that are each below the line are no flood, and one topic is not another', () => {
  const two = breaker();
  two.count('t', outcome(times(99, 'UNDECODABLE')));
  expect(two.judge('t', outcome([...times(300, 'accepted'), ...times(99, 'NO_FRAME')]))).toBeNull();
  expect(two.judge('t-retry', outcome(times(99, 'NO_FRAME')))).toBeNull();
});

test('a code that a person has accepted is refused in any number, and no other', () => {
  const accepting = createFloodBreaker({ ...BREAKER_DEFAULTS, accepted: new Set(['NO_FRAME'] as const) });
  expect(accepting.judge('t', outcome(times(1000, 'NO_FRAME')))).toBeNull();
  expect(accepting.judge('t', outcome(times(1000, 'UNDECODABLE')))).toMatchObject({ code: 'UNDECODABLE' });
});
