import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeHistories, NOTHING_KNOWN } from '#recommendations/person/history.ts';
import { luxCode, luxOf, packSegments, unpackSegments } from '#recommendations/person/segment.ts';
import { packTrip, unpackTrip } from '#recommendations/person/trip.ts';
import { someHistory } from '#recommendations/store-suite.ts';

test('merging is commutative, associative and idempotent, beyond the bounds too', () => {
  fc.assert(
    fc.property(someHistory, someHistory, someHistory, (a, b, c) => {
      const ab = mergeHistories(a, b);
      expect(mergeHistories(b, a)).toEqual(ab);
      expect(mergeHistories(ab, b)).toEqual(ab);
      expect(mergeHistories(ab, c)).toEqual(mergeHistories(a, mergeHistories(b, c)));
    }),
  );
});

test('what is packed comes back, and the order of bytes is the order of time', () => {
  fc.assert(
    fc.property(someHistory, ({ sleep, light, trips }) => {
      expect(unpackSegments('sleep', packSegments(sleep))).toEqual(sleep);
      expect(trips.map(packTrip).map(unpackTrip)).toEqual(trips);
      const bytes = light.map((each) => packSegments([each]));
      expect(bytes.toSorted(Buffer.compare)).toEqual(bytes);
    }),
  );
  expect(mergeHistories(NOTHING_KNOWN, NOTHING_KNOWN)).toEqual(NOTHING_KNOWN);
});

test('lux keep four digits from moonlight to the sun', () => {
  for (const lux of [0, 0.2, 12, 150, 5000, 120_000]) {
    expect(Math.abs(luxOf(luxCode(lux)) - lux)).toBeLessThanOrEqual(Math.max(0.001, lux * 3e-4));
  }
});
