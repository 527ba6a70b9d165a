import { expect, test } from 'vitest';
import { murmur2, partitionOf } from '#kafka/partitioner.ts';

/** From Apache Kafka's own `UtilsTest.testMurmur2`. */
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('the hash of "%s" is that of the Java client', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

/** From the tests of kafkajs 2.2.4, whose vectors were made with the Java client. */
test.each([
  ['0', 971027396],
  ['1', -1993445489],
  ['128', -326012175],
  ['2187', -1508407203],
  ['16384', -325739742],
  ['78125', -1654490814],
  ['279936', 1462227128],
  ['823543', -2014198330],
  ['2097152', 607668903],
])('the hash of "%s" is that of kafkajs', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

test('a partition is never negative and never beyond the last', () => {
  for (let index = 0; index < 2000; index += 1) {
    const partition = partitionOf(Buffer.from(`key-${index}`), 7);
    expect(partition).toBeGreaterThanOrEqual(0);
    expect(partition).toBeLessThan(7);
  }
});

test('a hash with its highest bit set is cut, not negated', () => {
  expect(partitionOf(Buffer.from('21'), 1000)).toBe((-973932308 & 0x7fffffff) % 1000);
});
