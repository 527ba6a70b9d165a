export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface MemoryMember {
  readonly topics: readonly string[];
  /** What it had before is gone; this is what it has now. */
  assign(partitions: readonly TopicPartition[]): void;
}

export interface MemoryGroups {
  /** Answers how to leave. Both share out the partitions anew. */
  join(group: string, member: MemoryMember): () => void;
  rebalance(group: string): void;
}

/** Consumer groups that share out partitions in turn, all of them at every change, as kafkajs does. */
export function createMemoryGroups(partitionsOf: (topic: string) => number): MemoryGroups {
  const groups = new Map<string, Set<MemoryMember>>();

  const rebalance = (group: string): void => {
    const members = [...(groups.get(group) ?? [])];
    const topics = [...new Set(members.flatMap((member) => member.topics))];
    const all = topics.flatMap((topic) =>
      Array.from({ length: partitionsOf(topic) }, (_, partition) => ({ topic, partition })),
    );
    members.forEach((member, turn) => {
      member.assign(all.filter((_, index) => index % members.length === turn));
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
  };
}
