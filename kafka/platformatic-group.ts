import {
  ConnectionPool,
  Consumer,
  type GroupAssignment,
  type GroupPartitionsAssigner,
  ListOffsetTimestamps,
  offsetCommitV8,
} from '@platformatic/kafka';
import type { KafkaConfig } from '#core/config.ts';
import { byTopic, sharePartitions } from '#kafka/assignment.ts';
import { withDeadline } from '#kafka/deadline.ts';
import type { OffsetCommit } from '#kafka/kafkajs-batch.ts';
import { platformaticOptions } from '#kafka/platformatic-client.ts';
import { type Found, fetchBytes, type Wanted } from '#kafka/platformatic-fetch.ts';

/** What a member of a group is until the group is joined again; an older one commits nothing any more. */
export interface Membership {
  readonly memberId: string;
  readonly generationId: number;
  readonly assignments: readonly GroupAssignment[];
}

export interface GroupEvents {
  joined(membership: Membership): void;
  /** The group is about to be joined again. */
  rebalancing(): void;
  /** The group was left against our will, and no attempt to join it again is under way. */
  lost(error: Error): void;
}

export interface GroupTimes {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatMs: number;
}

const COMMIT_DEADLINE_MS = 15_000;
/** A broker holds a join back until all members have come or are given up. */
const JOIN_MARGIN_MS = 5000;
const READ_UNCOMMITTED = 0;
/** How old may be what is known of leaders and addresses; where it was wrong the cluster is asked again. */
const METADATA_AGE_MS = 5000;

/** The client's own assigner gives members partitions of topics that they do not read. */
const byWhatTheyRead: GroupPartitionsAssigner = (_current, members, _topics, metadata) => {
  const readers = [...members]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([memberId, { topics = [] }]) => ({ memberId, topics }));
  const partitionsOf = (topic: string): number => metadata.topics.get(topic)?.partitionsCount ?? 0;
  const shares = sharePartitions(readers, partitionsOf);
  return readers.map(({ memberId }, at) => {
    const assigned = [...byTopic(shares[at] ?? [])];
    const assignments = new Map(assigned.map(([topic, partitions]) => [topic, { topic, partitions }]));
    return { memberId, assignments };
  });
};

/** The membership of one consumer and the requests that it needs, without what the client makes of records. */
export class PlatformaticGroup {
  readonly #consumer: Consumer;
  /** Connections of their own: a broker answers a connection's requests in turn, and a fetch may wait for records. */
  readonly #fetches: ConnectionPool;
  readonly #topics: readonly string[];

  constructor(
    config: KafkaConfig,
    group: string,
    topics: readonly string[],
    times: GroupTimes,
    events: GroupEvents,
  ) {
    const options = platformaticOptions(config);
    // The client, and no broker, refuses a shorter one.
    const rebalanceTimeout = Math.max(times.rebalanceTimeoutMs, times.sessionTimeoutMs);
    this.#topics = topics;
    this.#fetches = new ConnectionPool(options.clientId, options);
    this.#consumer = new Consumer({
      ...options,
      groupId: group,
      sessionTimeout: times.sessionTimeoutMs,
      rebalanceTimeout,
      heartbeatInterval: times.heartbeatMs,
      requestTimeout: rebalanceTimeout + JOIN_MARGIN_MS,
      autocommit: false,
      // By default the leader shares out what it knew up to five seconds ago, without the partitions of a topic that grew since.
      metadataMaxAge: 0,
      partitionAssigner: byWhatTheyRead,
    });
    this.#consumer.topics.trackAll(...topics);
    this.#consumer.on('consumer:group:join', ({ memberId, generationId, assignments }) =>
      events.joined({
        memberId: memberId ?? '',
        generationId: generationId ?? -1,
        assignments: assignments ?? [],
      }),
    );
    this.#consumer.on('consumer:group:rebalance', () => events.rebalancing());
    (this.#consumer as NodeJS.EventEmitter).on('error', (error: Error) => events.lost(error));
  }

  async join(): Promise<void> {
    await this.#consumer.joinGroup();
  }

  /** Leaves the group and closes every connection. */
  async close(): Promise<void> {
    await Promise.allSettled([this.#consumer.close(true), this.#fetches.close()]);
  }

  /** Where to begin: what the group has committed, else the first offset that there is. */
  async positions(assignments: readonly GroupAssignment[]): Promise<readonly Wanted[]> {
    if (assignments.length === 0) return [];
    const committed = await this.#consumer.listCommittedOffsets({
      topics: assignments.map(({ topic, partitions }) => ({ topic, partitions: [...partitions] })),
    });
    const places = assignments.flatMap(({ topic, partitions }) =>
      partitions.map(async (partition): Promise<Wanted> => {
        const offset = committed.get(topic)?.[partition] ?? -1n;
        return { topic, partition, offset: offset >= 0n ? offset : await this.earliest(topic, partition) };
      }),
    );
    return await Promise.all(places);
  }

  /** The first offset that the broker retains. */
  async earliest(topic: string, partition: number): Promise<bigint> {
    const offsets = await this.#consumer.listOffsets({
      topics: [topic],
      partitions: { [topic]: [partition] },
      timestamp: ListOffsetTimestamps.EARLIEST,
      isolationLevel: READ_UNCOMMITTED,
    });
    return offsets.get(topic)?.[partition] ?? 0n;
  }

  /** The broker that leads each partition of the topics, by topic. @param fresh asks the cluster again */
  async leaders(fresh: boolean): Promise<ReadonlyMap<string, readonly number[]>> {
    const metadata = await this.#metadata(fresh);
    return new Map(
      [...metadata.topics].map(([name, { partitions }]) => [name, partitions.map(({ leader }) => leader)]),
    );
  }

  async fetch(
    node: number,
    waitMs: number,
    maxBytes: number,
    maxBytesPerPartition: number,
    wanted: readonly Wanted[],
  ): Promise<readonly Found[]> {
    const connection = await this.#fetches.get(await this.#brokerOf(node));
    return await fetchBytes.async(connection, waitMs, maxBytes, maxBytesPerPartition, wanted);
  }

  /** The client's own commit has no metadata, and takes the generation of the moment for that of the batch. */
  async commit(
    { memberId, generationId }: Membership,
    { topic, partition, offset, metadata }: OffsetCommit,
  ): Promise<void> {
    const partitions = [
      {
        partitionIndex: partition,
        committedOffset: BigInt(offset),
        committedLeaderEpoch: -1,
        committedMetadata: metadata,
      },
    ];
    const commit = async (): Promise<void> => {
      const broker = await this.#brokerOf(await this.#consumer.findGroupCoordinator());
      const connection = await this.#consumer.connections.get(broker);
      const topics = [{ name: topic, partitions }];
      await offsetCommitV8.api.async(
        connection,
        this.#consumer.groupId,
        generationId,
        memberId,
        null,
        topics,
      );
    };
    await withDeadline(commit(), COMMIT_DEADLINE_MS, 'committing');
  }

  #metadata(forceUpdate: boolean) {
    const topics = [...this.#topics];
    return this.#consumer.metadata({ topics, forceUpdate, metadataMaxAge: METADATA_AGE_MS });
  }

  async #brokerOf(node: number) {
    const find = async (forceUpdate: boolean) => {
      const { brokers } = await this.#metadata(forceUpdate);
      return brokers.get(node);
    };
    const broker = (await find(false)) ?? (await find(true));
    if (broker === undefined) throw new Error(`broker ${node} is not there`);
    return broker;
  }
}
