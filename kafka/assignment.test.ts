import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharePartitions } from '#kafka/assignment.ts';

const topicNames = ['a', 'b', 'c', 'd'];
const reader = fc.record({ topics: fc.uniqueArray(fc.constantFrom(...topicNames), { minLength: 1 }) });
const group = fc.record({
  members: fc.array(reader, { minLength: 1, maxLength: 8 }),
  partitions: fc.dictionary(fc.constantFrom(...topicNames), fc.nat({ max: 12 })),
});
const placesOf = (share: readonly { topic: string; partition: number }[]): string[] =>
  share.map(({ topic, partition }) => `${topic}/${partition}`);

test('each partition of a topic that somebody reads goes to exactly one of its readers', () => {
  fc.assert(
    fc.property(group, ({ members, partitions }) => {
      const shares = sharePartitions(members, (topic) => partitions[topic] ?? 0);
      const read = topicNames.filter((topic) => members.some(({ topics }) => topics.includes(topic)));
      const wanted = read.flatMap((topic) =>
        Array.from({ length: partitions[topic] ?? 0 }, (_, partition) => `${topic}/${partition}`),
      );
      expect(shares.flatMap(placesOf).sort()).toEqual(wanted.sort());
      shares.forEach((share, at) => {
        for (const { topic } of share) expect(members[at]?.topics).toContain(topic);
      });
    }),
  );
});

test('members that read the same differ by one partition at most, and get them in turn', () => {
  const same = { topics: ['b', 'a'] };
  const [first = [], second = []] = sharePartitions([same, same], () => 3).map(placesOf);
  expect(first).toEqual(['a/0', 'a/2', 'b/1']);
  expect(second).toEqual(['a/1', 'b/0', 'b/2']);
});

test('a member that reads more makes up for those that read less', () => {
  const members = [{ topics: ['a'] }, { topics: ['a', 'b'] }, { topics: ['b'] }];
  expect(sharePartitions(members, () => 3).map((share) => share.length)).toEqual([2, 2, 2]);
});
