import { isZonerError, ZonerError } from '#core/errors.ts';

/** The right to work on one partition, until it is taken away. What a consumer adapter hands out with each batch. */
export interface Lease {
  readonly signal: AbortSignal;
  /** The first cause of `revoke`, as it was thrown; undefined while the lease holds. */
  readonly cause: unknown;
  revoke(cause: unknown): void;
  /** @throws ZonerError LEASE_LOST once it was revoked */
  check(): void;
}

export function createLease(topic: string, partition: number): Lease {
  const controller = new AbortController();
  const { signal } = controller;
  let first: unknown;
  return {
    signal,
    get cause() {
      return first;
    },
    revoke(cause) {
      if (signal.aborted) return;
      first = cause;
      controller.abort(isZonerError(cause, 'LEASE_LOST') ? cause : leaseLost(topic, partition, cause));
    },
    check() {
      if (signal.aborted) throw leaseLost(topic, partition, first);
    },
  };
}

/** The error of whoever still works on a partition that is another's by now. */
export function leaseLost(topic: string, partition: number, cause: unknown): ZonerError {
  const message = `Partition ${partition} of "${topic}" is no longer this consumer's.`;
  return new ZonerError('LEASE_LOST', message, { context: { topic, partition }, cause });
}
