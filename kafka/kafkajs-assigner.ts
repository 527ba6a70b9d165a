import kafkajs, { type PartitionAssigner } from 'kafkajs';
import { byTopic, sharePartitions } from '#kafka/assignment.ts';

/** kafkajs's own name for it: a group whose members are replaced one by one has both kinds for a while. */
const NAME = 'RoundRobinAssigner';
const VERSION = 0;
const NO_DATA = Buffer.alloc(0);
const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

/**
 * Gives each member partitions of the topics that it reads. kafkajs's own assigner shares out the topics of whoever leads
 * the group among all members, which drop what they do not read: nobody reads that then.
 * @param partitionsOf how many partitions topics have that this member does not read; one that the broker does not show
 *   to it may be absent, and is left to whoever leads the group next
 * @see https://kafka.apache.org/protocol#The_Messages_JoinGroup for how metadata and assignments travel
 */
export function createAssigner(
  partitionsOf: (topics: readonly string[]) => Promise<ReadonlyMap<string, number>>,
): PartitionAssigner {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: MemberMetadata.encode({ version: VERSION, topics, userData: NO_DATA }),
    }),
    async assign({ members, topics }) {
      const readers = [...members]
        .sort((one, other) => (one.memberId < other.memberId ? -1 : 1))
        .map(({ memberId, memberMetadata }) => {
          return { memberId, topics: MemberMetadata.decode(memberMetadata)?.topics ?? [] };
        });
      const read = new Set(readers.flatMap((reader) => reader.topics));
      const foreign = await partitionsOf([...read].filter((topic) => !topics.includes(topic)));
      const shares = sharePartitions(readers, (topic) =>
        topics.includes(topic) ? cluster.findTopicPartitionMetadata(topic).length : (foreign.get(topic) ?? 0),
      );
      return readers.map(({ memberId }, at) => {
        const assignment = Object.fromEntries(byTopic(shares[at] ?? []));
        const memberAssignment = MemberAssignment.encode({ version: VERSION, assignment, userData: NO_DATA });
        return { memberId, memberAssignment };
      });
    },
  });
}
