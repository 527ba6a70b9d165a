import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ErasedPlaces, rangesOf } from '#consumer/erased-places.ts';
import { type ErasureEntry, erasureRecords, readErasure } from '#consumer/erasure-entry.ts';

const ENTRY: ErasureEntry = {
  run: 'forget-1',
  person: 'ab12',
  at: '2026-03-01T00:00:00.000Z',
  reason: 'ticket 7',
  state: 'begun',
  places: new Map(),
  erased: {},
};

const place = fc.record({ partition: fc.nat(3), offset: fc.bigInt({ min: 0n, max: 60n }) });

test('places come back out of the ledger, and no others, whatever their order', () => {
  fc.assert(
    fc.property(fc.array(place), place, (places, other) => {
      const erased = new ErasedPlaces();
      for (const record of erasureRecords({ ...ENTRY, places: rangesOf(places) }, 'naps')) {
        const entry = readErasure(record);
        if (entry !== null) erased.add(entry.places);
      }
      const isOne = places.some(
        ({ partition, offset }) => partition === other.partition && offset === other.offset,
      );
      expect(erased.has(other)).toBe(isOne);
      for (const each of places) expect(erased.has(each)).toBe(true);
    }),
  );
});

test('an entry of many places is several records, each with a key that compaction keeps', () => {
  const places = Array.from({ length: 12_000 }, (_, index) => ({ partition: 0, offset: BigInt(2 * index) }));
  const records = erasureRecords({ ...ENTRY, places: rangesOf(places) }, 'naps');
  expect(records).toHaveLength(3);
  expect(new Set(records.map(({ key }) => String(key))).size).toBe(3);
  expect(Math.max(...records.map(({ value }) => value?.length ?? 0))).toBeLessThan(900_000);
});

test('what is about letters, or is damaged, is no erasure', () => {
  expect(readErasure({ key: Buffer.from('c/naps/0/1'), value: Buffer.from('{}') })).toBeNull();
  expect(readErasure({ key: Buffer.from('erasure/1/begun/0'), value: Buffer.from('{}') })).toBeNull();
  expect(readErasure({ key: Buffer.from('erasure/1/begun/0'), value: null })).toBeNull();
});
