import { expect, test } from 'vitest';
import { parseConfig } from '#core/config.ts';
import { kafkaRelease, releaseOf } from '#kafka/kafka-release.ts';

test.each([
  [0, null],
  [4, null],
  [5, '3.3'],
  [7, '3.3'],
  [8, '3.4'],
  [19, '3.7'],
  [20, '3.8'],
  [21, '3.9'],
  [25, '4.0'],
  [27, '4.1'],
  [29, '4.2'],
  [30, '4.3'],
  [33, '4.4'],
  [34, '4.4 or later'],
  [1000, '4.4 or later'],
])('a broker that supports level %i of metadata.version is of release %s', (level, release) => {
  expect(releaseOf(level)).toBe(release);
});

test('a broker that is away tells no release, and is no error', async () => {
  const { kafka } = parseConfig({ KAFKA_BROKER: '127.0.0.1:1' });
  expect(await kafkaRelease(kafka)).toBe(null);
});
