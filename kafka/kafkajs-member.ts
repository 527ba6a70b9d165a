import type { EachBatchPayload } from 'kafkajs';
import type { RunOptions } from '#consumer/ports.ts';
import { isMembershipLost, type OffsetCommit, readBatch, toBatch } from '#kafka/kafkajs-batch.ts';
import { createLease, type Lease } from '#kafka/lease.ts';
import { createPatience } from '#kafka/set-aside.ts';
import { createTurns } from '#kafka/turns.ts';

export interface Member {
  /**
   * What kafkajs calls with each batch that has records. A batch that takes longer than `patienceMs` is set aside: its
   * partition is paused until it is done, and kafkajs goes on with the others, for which it would wait with all else.
   */
  eachBatch(payload: EachBatchPayload): Promise<void>;
  /** kafkajs has fetched nothing but markers and aborted records, of which it tells `eachBatch` nothing. */
  passedOver(passed: PassedOver): void;
  /** The group was joined, again: what was assigned before counts no longer. */
  joined(assignment: Assignment): void;
  revokeAll(cause: unknown): void;
  /** Resolves when no callback runs. */
  settled(): Promise<void>;
}

/** Partitions by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

export interface PassedOver {
  readonly topic: string;
  readonly partition: number;
  /** The offset after what was fetched. */
  readonly end: bigint;
}

interface MemberDeps extends Pick<RunOptions, 'onBatch'> {
  readonly heartbeatMs: number;
  /** How long kafkajs waits for a batch before its partition is set aside. */
  readonly patienceMs: number;
  /** Commits outside of a batch of kafkajs. */
  commit(offset: OffsetCommit): Promise<void>;
  /** A callback threw although its partition was its own: a bug. */
  onBug(error: unknown): void;
  /** False once the run has ended: batches that still arrive are dropped. */
  isRunning(): boolean;
}

/** So many batches may be set aside at once, each of at most `maxBytesPerPartition`; with more, kafkajs waits. */
const MAX_ASIDE = 64;

/**
 * One membership of a group: gives each batch a lease, keeps the membership alive while callbacks run, and takes the
 * leases back when a heartbeat fails or the group is joined again. kafkajs tells nobody of a revoked partition.
 */
export function createMember(deps: MemberDeps): Member {
  const leases = new Map<Lease, Promise<void>>();
  /** kafkajs waits neither for what it has passed over nor for what is set aside. */
  const turns = createTurns();
  const patience = createPatience(deps.patienceMs, MAX_ASIDE);
  const paused = new Set<string>();
  let epoch = 0;
  let assigned: Assignment = {};

  const revokeAll = (cause: unknown): void => {
    for (const lease of leases.keys()) lease.revoke(cause);
  };
  /** A batch may wait for its turn until the group was joined again, and be another's by then. */
  const inTurn = (topic: string, partition: number, run: (lease: Lease) => Promise<void>): Promise<void> => {
    const place = `${topic}/${partition}`;
    const joinedAt = epoch;
    return turns.take(place, async () => {
      const isOurs = deps.isRunning() && assigned[topic]?.includes(partition) === true;
      // Where the partition is paused, what stands before this is not done.
      if (joinedAt !== epoch || paused.has(place) || !isOurs) return;
      const lease = createLease(topic, partition);
      const running = run(lease);
      leases.set(lease, running);
      await running.finally(() => leases.delete(lease));
    });
  };

  const work = async (payload: EachBatchPayload, lease: Lease): Promise<void> => {
    const { topic, partition, messages } = payload.batch;
    const joinedAt = epoch;
    const place = `${topic}/${partition}`;
    const stopBeating = keepBeating(payload, lease, deps.heartbeatMs);
    try {
      const control = {
        commit: ({ topic, ...committed }: OffsetCommit) =>
          payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [committed] }] }),
        pause(): void {
          payload.pause();
          paused.add(place);
        },
      };
      await deps.onBatch(toBatch(await readBatch(payload.batch), lease, control));
    } catch (error) {
      if (!lease.signal.aborted) {
        deps.onBug(error);
        return;
      }
    } finally {
      stopBeating();
    }
    if (!lease.signal.aborted && joinedAt === epoch) {
      // After a rejoin this would move the position of a partition that may be another's.
      const last = messages.at(-1);
      if (last !== undefined && !paused.has(place)) payload.resolveOffset(last.offset);
      return;
    }
    // kafkajs joins the group again when it sees this error, and it alone knows how.
    if (joinedAt === epoch && isMembershipLost(lease.cause)) throw lease.cause;
  };

  const passOver = async ({ topic, partition, end }: PassedOver, lease: Lease): Promise<void> => {
    const pause = (): void => void paused.add(`${topic}/${partition}`);
    const fetched = { topic, partition, records: [], end };
    try {
      await deps.onBatch(toBatch(fetched, lease, { commit: deps.commit, pause }));
    } catch (error) {
      if (!lease.signal.aborted) deps.onBug(error);
    }
  };

  return {
    async eachBatch(payload) {
      const { topic, partition, messages } = payload.batch;
      const place = `${topic}/${partition}`;
      // kafkajs would fetch the same again at once: its position stays.
      if (!deps.isRunning() || paused.has(place)) payload.pause();
      const turn = inTurn(topic, partition, async (lease) => {
        if (messages.length > 0) await work(payload, lease);
      });
      await patience.waitFor(turn, (end) => {
        const resume = payload.pause();
        void end.then(() => {
          if (!paused.has(place)) resume();
        });
      });
    },
    passedOver(passed) {
      void inTurn(passed.topic, passed.partition, (lease) => passOver(passed, lease));
    },
    joined(assignment) {
      epoch += 1;
      assigned = assignment;
      revokeAll(new Error('the group was joined again'));
    },
    revokeAll,
    async settled() {
      await Promise.allSettled([...leases.values()]);
    },
  };
}

/** kafkajs sends heartbeats only when it is told to. The first one that fails takes the lease away. */
function keepBeating(payload: EachBatchPayload, lease: Lease, everyMs: number): () => void {
  const timer = setInterval(() => {
    payload.heartbeat().catch((error: unknown) => lease.revoke(error));
  }, everyMs);
  return () => clearInterval(timer);
}
