import type { Consumer } from 'kafkajs';
import type { ConsumerTransport, RunOptions, Subscription } from '#consumer/ports.ts';
import type { KafkaConfig } from '#core/config.ts';
import { withDeadline } from '#kafka/deadline.ts';
import { FETCH_BYTES } from '#kafka/fetch-bytes.ts';
import { createAssigner } from '#kafka/kafkajs-assigner.ts';
import { createKafka, RETRY } from '#kafka/kafkajs-client.ts';
import { kafkaError } from '#kafka/kafkajs-errors.ts';
import { type Assignment, createMember, type PassedOver } from '#kafka/kafkajs-member.ts';
import { leaveUnread } from '#kafka/kafkajs-unread.ts';
import { createTopicPartitions, partitionsOfAllTopics, partitionsOfShown } from '#kafka/topic-partitions.ts';

export interface KafkajsConsumerOptions {
  /** How long the group waits for a member that says nothing. Default 45 000. */
  readonly sessionTimeoutMs?: number;
  /** How long the group waits for members to come back when it rebalances. Default 120 000. */
  readonly rebalanceTimeoutMs?: number;
  /** How long an empty fetch waits for records; bounds the time that `stop` takes. Default 300. */
  readonly maxWaitMs?: number;
  /** Bounds the memory of one batch. Default 1 MiB. */
  readonly maxBytesPerPartition?: number;
  /** How many partitions' callbacks run at once. Default 16. */
  readonly concurrency?: number;
  /** How long the other partitions wait for a batch that takes long. Default 2000: longer than most writes take. */
  readonly patienceMs?: number;
  /** How soon a running group notices that its topics have more partitions. Default 60 000. */
  readonly growthMs?: number;
  /** How long the first join may take before `run` gives up. Default 60 000. */
  readonly joinDeadlineMs?: number;
}

/** At most this long the records of a new partition wait. */
export const GROWTH_MS = 60_000;
/** How long a broker may take to hear that a member leaves; it finds out by itself after the session timeout. */
const LEAVE_DEADLINE_MS = 5000;

/** Consumes in kafkajs groups. Every partition without a committed offset begins at its first record. */
export function createKafkajsConsumer(
  config: KafkaConfig,
  options: KafkajsConsumerOptions = {},
): ConsumerTransport {
  return {
    exactHeaders: false,
    run: (run) => start(config, options, run),
  };
}

async function start(
  config: KafkaConfig,
  options: KafkajsConsumerOptions,
  run: RunOptions,
): Promise<Subscription> {
  const { sessionTimeoutMs = 45_000, joinDeadlineMs = 60_000, patienceMs = 2000 } = options;
  const heartbeatMs = Math.min(3000, Math.floor(sessionTimeoutMs / 6));
  const joining = Promise.withResolvers<void>();
  let phase: 'joining' | 'running' | 'ended' = 'joining';
  let consumer: Consumer | null = null;

  const fail = (error: unknown): void => {
    if (phase === 'ended') return;
    const before = phase;
    const stopped = stop();
    if (before === 'joining') joining.reject(error);
    else void stopped.then(() => run.onFatal(error));
  };
  const member = createMember({
    onBatch: run.onBatch,
    heartbeatMs,
    patienceMs,
    commit: async (offset) => consumer?.commitOffsets([offset]),
    onBug: fail,
    isRunning: () => phase !== 'ended',
  });
  const stop = async (drainMs = 0): Promise<void> => {
    phase = 'ended';
    // The group is left once nothing is to be committed any more: kafkajs waits for no batch that was set aside.
    if (drainMs > 0) await withDeadline(member.settled(), drainMs, 'draining').catch(() => undefined);
    member.revokeAll(new Error('the consumer stops'));
    await member.settled();
    await withDeadline(consumer?.stop() ?? Promise.resolve(), LEAVE_DEADLINE_MS, 'leaving').catch(
      () => undefined,
    );
    const gone = consumer?.disconnect() ?? Promise.resolve();
    await withDeadline(gone, LEAVE_DEADLINE_MS, 'disconnecting').catch(() => undefined);
  };

  try {
    const asked = createTopicPartitions(() => partitionsOfAllTopics(config)).of(run.topics);
    await withDeadline(asked, joinDeadlineMs, 'asking for the topics');
    consumer = createConsumer(config, options, run.group, heartbeatMs, () => phase !== 'ended');
    watch(consumer, {
      joined(assignment) {
        member.joined(assignment);
        if (consumer !== null) seekTo(consumer, assignment, run.from);
        if (phase === 'joining') phase = 'running';
        joining.resolve();
      },
      passedOver: member.passedOver,
      rebalancing: () => member.revokeAll(new Error('the group rebalances')),
      crashed(error, restarts) {
        member.revokeAll(error);
        if (!restarts) fail(kafkaError(error, `consuming as ${run.group}`));
      },
    });
    const begin = begun(consumer, run.topics, member.eachBatch, options.concurrency ?? 16);
    begin.catch(fail);
    await withDeadline(joining.promise, joinDeadlineMs, `joining the group ${run.group}`);
  } catch (error) {
    await stop();
    throw kafkaError(error, `joining the group ${run.group}`);
  }
  return { stop };
}

/** Takes effect with the first fetch, and commits nothing where nothing is committed automatically. */
function seekTo(consumer: Consumer, assignment: Assignment, from: RunOptions['from']): void {
  for (const [topic, partitions] of Object.entries(assignment)) {
    for (const partition of partitions) {
      const offset = from?.get(topic)?.get(partition);
      if (offset !== undefined) consumer.seek({ topic, partition, offset: String(offset) });
    }
  }
}

async function begun(
  consumer: Consumer,
  topics: readonly string[],
  eachBatch: ReturnType<typeof createMember>['eachBatch'],
  concurrency: number,
): Promise<void> {
  await consumer.connect();
  // Without `fromBeginning` kafkajs skips to the end where nothing is committed or the committed offset is gone.
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: concurrency,
    eachBatch,
  });
}

function createConsumer(
  config: KafkaConfig,
  options: KafkajsConsumerOptions,
  group: string,
  heartbeatMs: number,
  isRunning: () => boolean,
): Consumer {
  const { sessionTimeoutMs = 45_000, rebalanceTimeoutMs = 120_000 } = options;
  return leaveUnread(createKafka(config)).consumer({
    groupId: group,
    partitionAssigners: [createAssigner((topics) => partitionsOfShown(config, topics))],
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: rebalanceTimeoutMs,
    heartbeatInterval: heartbeatMs,
    maxWaitTimeInMs: options.maxWaitMs ?? 300,
    metadataMaxAge: options.growthMs ?? GROWTH_MS,
    maxBytesPerPartition: options.maxBytesPerPartition ?? 1024 * 1024,
    maxBytes: FETCH_BYTES,
    allowAutoTopicCreation: false,
    // A broker that is away is waited for, unless nobody waits any more.
    retry: { ...RETRY, restartOnFailure: () => Promise.resolve(isRunning()) },
  });
}

interface Watcher {
  joined(assignment: Assignment): void;
  passedOver(passed: PassedOver): void;
  rebalancing(): void;
  crashed(error: unknown, restarts: boolean): void;
}

function watch(consumer: Consumer, watcher: Watcher): void {
  const { GROUP_JOIN, REBALANCING, CRASH, END_BATCH_PROCESS } = consumer.events;
  consumer.on(GROUP_JOIN, ({ payload }) => watcher.joined(payload.memberAssignment));
  consumer.on(END_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
    // Only what held nothing but markers and aborted records ends as a batch of none.
    if (batchSize === 0) watcher.passedOver({ topic, partition, end: BigInt(lastOffset) + 1n });
  });
  consumer.on(REBALANCING, () => watcher.rebalancing());
  consumer.on(CRASH, ({ payload }) => watcher.crashed(payload.error, payload.restart));
}
