import { isZonerError, messageOf, ZonerError } from '#core/errors.ts';

/** Runs a step until it succeeds, as long as its failures are those of a system and not of a record. */
export type Hold = <T>(signal: AbortSignal, step: () => Promise<T>) => Promise<T>;

export interface HoldOptions {
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** From 0 to 1. */
  random(): number;
  /** Rejects when the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** Aborts when the process ends: a step that runs may succeed, and one that failed is not tried again. */
  readonly stopping: AbortSignal;
  /**
   * Told of each failed attempt, so that a person can see what the partition is waiting for. An error that is not
   * `retryable` waits for that person: raise an alarm.
   */
  onHeld(error: ZonerError, attempt: number, signal: AbortSignal): void;
  /** Told once the step that was held has succeeded or was given up. */
  onReleased(signal: AbortSignal): void;
}

/**
 * A failing system of any kind holds the partition for as long as it fails: no crash, no rebalance, no dead letter. The
 * wait is drawn from all of a range that doubles up to the longest delay (full jitter), so that partitions that were held
 * together do not come back together. What passes at once: bugs, a lost lease, and an identity that was reused, which no
 * waiting puts right. An aborted signal, or the end of the process, ends the wait with LEASE_LOST.
 */
export function createHold(options: HoldOptions): Hold {
  const { firstDelayMs, longestDelayMs } = options;
  return async (signal, step) => {
    let held = false;
    try {
      for (let attempt = 1; ; attempt += 1) {
        if (signal.aborted) throw givenUp(signal.reason);
        try {
          return await step();
        } catch (error) {
          if (!isZonerError(error) || isZonerError(error, 'LEASE_LOST', 'IDENTITY_REUSED')) throw error;
          held = true;
          options.onHeld(error, attempt, signal);
          const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempt, 30));
          const delay = firstDelayMs + options.random() * (ceiling - firstDelayMs);
          const either = AbortSignal.any([signal, options.stopping]);
          if (!either.aborted) await options.pause(delay, either).catch(() => undefined);
          if (either.aborted) throw givenUp(error);
        }
      }
    } finally {
      if (held) options.onReleased(signal);
    }
  };
}

function givenUp(cause: unknown): ZonerError {
  return isZonerError(cause, 'LEASE_LOST')
    ? cause
    : new ZonerError('LEASE_LOST', `gave up waiting: ${messageOf(cause)}`, { cause });
}
