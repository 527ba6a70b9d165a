import { expect, test } from 'vitest';
import type { PlacedRecord } from '#kafka/outgoing.ts';
import { splitByAge } from '#kafka/platformatic-producer.ts';

const at = (timestamp: bigint): PlacedRecord => {
  return { topic: 't', partition: 0, key: null, value: null, headers: [], timestamp };
};

test('records that the client could not date together go out one after the other, in their order', () => {
  const times = [0n, 5n, 2n ** 30n, 2n ** 30n + 1n, 3n, 2n ** 40n].map(at);
  const parts = splitByAge(times);
  expect(parts.flat()).toEqual(times);
  for (const part of parts) {
    const apart = part.map(({ timestamp }) => timestamp - (part[0]?.timestamp ?? 0n));
    expect(apart.every((each) => each < 2n ** 31n && each >= -(2n ** 31n))).toBe(true);
  }
  expect(parts.map(({ length }) => length)).toEqual([2, 3, 1]);
});

test('records of one time stay together', () => {
  expect(splitByAge([at(7n), at(7n), at(8n)])).toHaveLength(1);
  expect(splitByAge([])).toEqual([]);
});
