import { expect, test } from 'vitest';
import { createTopicPartitions } from '#kafka/topic-partitions.ts';

/** A broker whose topic has what `counts` says then, and how often it was asked. */
function brokerOf(counts: readonly number[]) {
  const asked: (readonly string[])[] = [];
  const partitions = createTopicPartitions(async (topics) => {
    asked.push(topics);
    return new Map([['t', counts[Math.min(asked.length, counts.length) - 1] ?? 0]]);
  });
  return { asked, partitions };
}

test('a record for a partition that was not there before has the broker asked again, and no other has', async () => {
  const { asked, partitions } = brokerOf([2, 4]);
  const at = (partition: number | null) => [{ topic: 't', partition }];
  expect(await partitions.of(['t'], at(1))).toEqual(new Map([['t', 2]]));
  await partitions.of(['t'], at(0));
  await partitions.of(['t'], at(null));
  expect(asked).toHaveLength(1);
  expect(await partitions.of(['t'], at(3))).toEqual(new Map([['t', 4]]));
  await partitions.of(['t'], at(3));
  expect(asked).toHaveLength(2);
});

test('a topic that is missing is an error that names it', async () => {
  const { partitions } = brokerOf([1]);
  await expect(partitions.of(['other'])).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
});
