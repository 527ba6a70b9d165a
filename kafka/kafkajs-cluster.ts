import type { Admin, Kafka } from 'kafkajs';
import { watchClusters } from '#kafka/kafkajs-clusters.ts';
import type { OffsetsByTopic } from '#kafka/offset-ranges.ts';

/** What of kafkajs' own view of the cluster is used here: unlike its admin client, it asks for many topics at once. */
interface Cluster {
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
  fetchTopicsOffset(topics: readonly Asked[]): Promise<readonly Answered[]>;
}

interface Asked {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number }[];
  readonly fromBeginning?: boolean;
  /** Milliseconds since 1970. */
  readonly fromTimestamp?: number;
}

interface Answered {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
}

/** Where in a partition: kafkajs' words. */
export type Place = Pick<Asked, 'fromBeginning' | 'fromTimestamp'>;

export interface ClusterAdmin {
  readonly admin: Admin;
  /** Makes these topics known; they have to be there. */
  know(topics: readonly string[]): Promise<void>;
  /** One request a broker, however many topics. -1 where no record is as late as the time that is asked for. */
  offsetsAt(topics: readonly string[], place: Place): Promise<OffsetsByTopic>;
}

/** An admin client, not yet connected, together with the cluster inside kafkajs 2.2.4 that it asks. */
export function clusterAdmin(kafka: Kafka): ClusterAdmin {
  const made: Cluster[] = [];
  if (!watchClusters<Cluster>(kafka, (cluster) => made.push(cluster)))
    throw new Error('this is another kafkajs than the one that is pinned');
  const admin = kafka.admin();
  const [cluster] = made;
  if (cluster === undefined) throw new Error('an admin client of kafkajs has no cluster');
  const know = async (topics: readonly string[]): Promise<void> => {
    await cluster.addMultipleTargetTopics(topics);
    await cluster.refreshMetadataIfNecessary();
  };
  return {
    admin,
    know,
    async offsetsAt(topics, place) {
      await know(topics);
      const asked = topics.map((topic) => {
        const partitions = cluster.findTopicPartitionMetadata(topic);
        return {
          topic,
          partitions: partitions.map(({ partitionId }) => ({ partition: partitionId })),
          ...place,
        };
      });
      const answered = await cluster.fetchTopicsOffset(asked);
      return new Map(
        answered.map(({ topic, partitions }) => [
          topic,
          new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)])),
        ]),
      );
    },
  };
}
