import pRetry from 'p-retry';
import { isZonerError, messageOf, ZonerError } from '#core/errors.ts';

/** Runs a step until it succeeds, as long as its failures are outages. */
export type Hold = <T>(signal: AbortSignal, step: () => Promise<T>) => Promise<T>;

export interface HoldOptions {
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** Told of each failed attempt, so that a person can see what the partition is waiting for. */
  onHeld(error: ZonerError, attempt: number): void;
}

/**
 * An outage of any length holds the partition: no crash, no rebalance, no dead letter. The delay doubles up to the
 * longest, with jitter. Anything but a retryable ZonerError passes at once; an aborted signal ends the wait with
 * LEASE_LOST.
 */
export function createHold(options: HoldOptions): Hold {
  return async (signal, step) => {
    try {
      return await pRetry(step, {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: options.firstDelayMs,
        maxTimeout: options.longestDelayMs,
        factor: 2,
        randomize: true,
        signal,
        shouldRetry: ({ error }) => isZonerError(error) && error.retryable,
        onFailedAttempt: ({ error, attemptNumber }) => {
          if (isZonerError(error) && error.retryable) options.onHeld(error, attemptNumber);
        },
      });
    } catch (error) {
      if (!signal.aborted || (isZonerError(error) && !error.retryable)) throw error;
      throw new ZonerError('LEASE_LOST', `gave up waiting: ${messageOf(error)}`, { cause: error });
    }
  };
}
