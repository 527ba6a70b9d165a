import type { Kafka } from 'kafkajs';

/** Where kafkajs 2.2.4 makes what its clients know the brokers by: each producer, consumer and admin client has one. */
const CREATE = 'private:Kafka:createCluster';

/**
 * Shows each cluster that this client of kafkajs, and no other, makes from now on.
 * @returns whether it can: another kafkajs than the one that is pinned may have no such place
 */
export function watchClusters<Cluster>(kafka: Kafka, made: (cluster: Cluster) => void): boolean {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE);
  if (symbol === undefined) return false;
  const inside = kafka as unknown as Record<symbol, (options: unknown) => Cluster>;
  const create = inside[symbol] as (options: unknown) => Cluster;
  inside[symbol] = (options) => {
    const cluster = create(options);
    made(cluster);
    return cluster;
  };
  return true;
}
