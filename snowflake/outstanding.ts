import { setTimeout as sleep } from 'node:timers/promises';

/** A statement that was sent and whose end nobody saw. */
export interface LostStatement {
  /** Null if Snowflake had not told it. */
  readonly queryId: string | null;
  /** Monotonic milliseconds. */
  readonly sentAt: number;
}

export interface OutstandingClock {
  /** Monotonic milliseconds. */
  now(): number;
  pause(ms: number): Promise<void>;
}

const REAL_CLOCK: OutstandingClock = { now: () => performance.now(), pause: (ms) => sleep(ms) };
const POLL_MS = 500;

/**
 * Statements whose connection was lost after they were sent. They may still run, and a second one beside them would not
 * see what they have not committed yet; so before the next statement each is known to have ended: Snowflake says so of
 * its query id, or the time has passed after which Snowflake ends a statement itself.
 */
export function createOutstanding(timeoutMs: number, clock: OutstandingClock = REAL_CLOCK) {
  let lost: LostStatement[] = [];
  return {
    add(statement: LostStatement): void {
      lost.push(statement);
    },
    /** Resolves when none of them can run any more. @param isRunning what the warehouse says of a query id */
    async settle(isRunning: (queryId: string) => Promise<boolean>): Promise<void> {
      for (const statement of [...lost]) {
        const { queryId, sentAt } = statement;
        for (;;) {
          const left = sentAt + timeoutMs - clock.now();
          // A state that cannot be asked for is one that is not known: only time is left then.
          if (left <= 0 || (queryId !== null && !(await isRunning(queryId).catch(() => true)))) break;
          await clock.pause(Math.min(left, queryId === null ? left : POLL_MS));
        }
        lost = lost.filter((each) => each !== statement);
      }
    },
  };
}
