export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** One member of a group, and what it wants to read. */
export interface GroupReader {
  readonly topics: readonly string[];
}

/**
 * Shares out the partitions of a group: each goes to one of the members that read its topic, to the one that has the
 * fewest so far; topics that few members read come first, so that the others can make up for them. Members that all
 * read the same get them in turn.
 * @param members in an order that all members of the group would find
 * @param partitionsOf how many partitions a topic has; 0 if there is no such topic
 * @returns what each member gets, in the order of `members`
 */
export function sharePartitions(
  members: readonly GroupReader[],
  partitionsOf: (topic: string) => number,
): readonly (readonly TopicPartition[])[] {
  const shares: TopicPartition[][] = members.map(() => []);
  const readers = new Map<string, TopicPartition[][]>();
  members.forEach(({ topics }, at) => {
    for (const topic of new Set(topics))
      readers.set(topic, [...(readers.get(topic) ?? []), shares[at] ?? []]);
  });
  const inOrder = [...readers].sort(
    ([one, its], [other, others]) => its.length - others.length || (one < other ? -1 : 1),
  );
  for (const [topic, its] of inOrder) {
    for (let partition = 0; partition < partitionsOf(topic); partition += 1) {
      const fewest = its.reduce((least, share) => (share.length < least.length ? share : least));
      fewest.push({ topic, partition });
    }
  }
  return shares;
}

/** The partitions of a share by topic, as the protocol of groups has them. */
export function byTopic(share: readonly TopicPartition[]): ReadonlyMap<string, number[]> {
  const grouped = Map.groupBy(share, ({ topic }) => topic);
  return new Map([...grouped].map(([topic, its]) => [topic, its.map(({ partition }) => partition)]));
}
