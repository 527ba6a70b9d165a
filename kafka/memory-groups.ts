import { type GroupReader, sharePartitions, type TopicPartition } from '#kafka/assignment.ts';

export interface MemoryMember extends GroupReader {
  /** What it had before is gone; this is what it has now. */
  assign(partitions: readonly TopicPartition[]): void;
}

export interface MemoryGroups {
  /** Answers how to leave. Both share out the partitions anew. */
  join(group: string, member: MemoryMember): () => void;
  rebalance(group: string): void;
  /** The topic has more partitions than before: whoever reads it gets its share of them. */
  grown(topic: string): void;
}

/** Consumer groups that share out all partitions anew at every change, as kafkajs does. */
export function createMemoryGroups(partitionsOf: (topic: string) => number): MemoryGroups {
  const groups = new Map<string, Set<MemoryMember>>();

  const rebalance = (group: string): void => {
    const members = [...(groups.get(group) ?? [])];
    const shares = sharePartitions(members, partitionsOf);
    members.forEach((member, at) => {
      member.assign(shares[at] ?? []);
    });
  };

  return {
    join(group, member) {
      const members = groups.get(group) ?? new Set();
      groups.set(group, members.add(member));
      rebalance(group);
      return () => {
        if (!members.delete(member)) return;
        member.assign([]);
        rebalance(group);
      };
    },
    rebalance,
    grown(topic) {
      for (const [group, members] of groups)
        if ([...members].some(({ topics }) => topics.includes(topic))) rebalance(group);
    },
  };
}
