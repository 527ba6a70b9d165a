import { expect, test } from 'vitest';
import { place, slices } from '#kafka/outgoing.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

const record = (size: number, more: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  topic: 't',
  partition: null,
  key: null,
  value: Buffer.alloc(size),
  headers: [],
  timestamp: null,
  ...more,
});

test('slices keep the order, and none but a single record is too large', () => {
  const sizes = [100, 400, 300, 5000, 10, 10, 900];
  const sliced = slices(
    sizes.map((size) => record(size)),
    1000,
  );
  expect(sliced.flat().map(({ value }) => value?.length)).toEqual(sizes);
  expect(sliced.map((slice) => slice.length)).toEqual([3, 1, 2, 1]);
});

test('many tiny records are more than one slice', () => {
  expect(
    slices(
      Array.from({ length: 4001 }, () => record(0)),
      1e9,
    ).map((slice) => slice.length),
  ).toEqual([2000, 2000, 1]);
});

test('records without a key take turns, from where the last send ended', () => {
  const placed = place(
    Array.from({ length: 4 }, () => record(1)),
    new Map([['t', 3]]),
    5,
    7n,
  );
  expect(placed.map(({ partition }) => partition)).toEqual([2, 0, 1, 2]);
  expect(placed.every(({ timestamp }) => timestamp === 7n)).toBe(true);
});

test('a partition and a time that are asked for stay', () => {
  const [placed] = place([record(1, { partition: 1, timestamp: 3n })], new Map([['t', 3]]), 0, 7n);
  expect(placed).toMatchObject({ partition: 1, timestamp: 3n });
});

test('a partition that does not exist is refused', () => {
  expect(() => place([record(1, { partition: 3 })], new Map([['t', 3]]), 0, 7n)).toThrow(
    expect.objectContaining({ code: 'TOPIC_DIFFERS' }),
  );
});
