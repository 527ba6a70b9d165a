import type { EachBatchPayload } from 'kafkajs';
import type { RunOptions } from '#consumer/ports.ts';
import { isMembershipLost, toBatch } from '#kafka/kafkajs-batch.ts';
import { createLease, type Lease } from '#kafka/lease.ts';

export interface Member {
  /** What kafkajs calls with each batch. */
  eachBatch(payload: EachBatchPayload): Promise<void>;
  /** The group was joined, again: what was assigned before counts no longer. */
  joined(assignment: Assignment): void;
  revokeAll(cause: unknown): void;
  /** Resolves when no callback runs. */
  settled(): Promise<void>;
}

/** Partitions by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

interface MemberDeps extends Pick<RunOptions, 'onBatch'> {
  readonly heartbeatMs: number;
  /** A callback threw although its partition was its own: a bug. */
  onBug(error: unknown): void;
  /** False once the run has ended: batches that still arrive are dropped. */
  isRunning(): boolean;
}

/**
 * One membership of a group: gives each batch a lease, keeps the membership alive while callbacks run, and takes the
 * leases back when a heartbeat fails or the group is joined again. kafkajs tells nobody of a revoked partition.
 */
export function createMember(deps: MemberDeps): Member {
  const leases = new Map<Lease, Promise<void>>();
  let epoch = 0;
  let assigned: Assignment = {};

  const revokeAll = (cause: unknown): void => {
    for (const lease of leases.keys()) lease.revoke(cause);
  };

  const work = async (payload: EachBatchPayload, lease: Lease): Promise<void> => {
    const joinedAt = epoch;
    let paused = false;
    const pause = (): void => {
      paused = true;
    };
    const stopBeating = keepBeating(payload, lease, deps.heartbeatMs);
    try {
      await deps.onBatch(toBatch(payload, lease, pause));
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
      const last = payload.batch.messages.at(-1);
      if (last !== undefined && !paused) payload.resolveOffset(last.offset);
      return;
    }
    // kafkajs joins the group again when it sees this error, and it alone knows how.
    if (joinedAt === epoch && isMembershipLost(lease.cause)) throw lease.cause;
  };

  return {
    async eachBatch(payload) {
      const { topic, partition, messages } = payload.batch;
      if (!deps.isRunning() || messages.length === 0) return;
      // A batch that was fetched before a rejoin may wait for its turn until after it, and be another's by then.
      if (assigned[topic]?.includes(partition) !== true) return;
      const lease = createLease(topic, partition);
      const running = work(payload, lease);
      leases.set(lease, running);
      try {
        await running;
      } finally {
        leases.delete(lease);
      }
    },
    joined(assignment) {
      epoch += 1;
      assigned = assignment;
      revokeAll(new Error('the group was joined again'));
    },
    revokeAll,
    async settled() {
      await Promise.allSettled(leases.values());
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
