import type { PartitionerArgs } from 'kafkajs';
import { expect, test } from 'vitest';
import { placedPartition } from '#kafka/kafkajs-producer.ts';

const ask = (partition: number, known: number): number =>
  placedPartition({
    topic: 'naps',
    message: { partition, value: null },
    partitionMetadata: Array.from({ length: known }),
  } as PartitionerArgs);

test('a record goes where it was placed, and to no partition that kafkajs has not heard of: it has to ask again', () => {
  expect(ask(1, 2)).toBe(1);
  // Of this name, because at that kafkajs reads of its topics again (`sendMessages` of its producer/).
  expect(() => ask(2, 2)).toThrow(expect.objectContaining({ name: 'KafkaJSMetadataNotLoaded' }));
});
