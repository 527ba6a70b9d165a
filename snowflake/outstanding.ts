import { setTimeout as sleep } from 'node:timers/promises';
import { ZonerError } from '#core/errors.ts';

/** A statement that was sent and whose end nobody saw. */
export interface LostStatement {
  /** Null as long as Snowflake has not told it. */
  queryId(): string | null;
  /** Settles once the driver sends it no more: with true if it has learnt by then how the statement ended. */
  readonly givenUp: Promise<boolean>;
}

export interface OutstandingClock {
  /** Monotonic milliseconds. */
  now(): number;
  pause(ms: number): Promise<void>;
}

export interface OutstandingLimits {
  /** After so long Snowflake ends a statement itself. */
  readonly timeoutMs: number;
  /** How long `settle` waits. */
  readonly patienceMs: number;
}

interface Lost extends LostStatement {
  /** Null while the driver may send it again; Infinity once its end is known. */
  silentFor(): number | null;
}

const REAL_CLOCK: OutstandingClock = { now: () => performance.now(), pause: (ms) => sleep(ms) };
const POLL_MS = 500;

/**
 * Statements whose outcome is unknown. They may still run, and a second one beside them would not see what they have not
 * committed yet; so before the next statement each is known to have ended: the driver has heard so after all, Snowflake
 * says so of its query id, or so much time has passed since the driver sent it last that Snowflake has ended it.
 */
export function createOutstanding(
  { timeoutMs, patienceMs }: OutstandingLimits,
  clock: OutstandingClock = REAL_CLOCK,
) {
  let lost: Lost[] = [];

  const hasEnded = async (each: Lost, byId: (queryId: string) => Promise<boolean>): Promise<boolean> => {
    if ((each.silentFor() ?? 0) >= timeoutMs) return true;
    const queryId = each.queryId();
    // A state that cannot be asked for is one that is not known: only time is left then.
    return queryId !== null && (await byId(queryId).catch(() => false));
  };

  return {
    add({ queryId, givenUp }: LostStatement): void {
      let since: number | null = null;
      void givenUp.then((isKnown) => {
        since = isKnown ? -Infinity : clock.now();
      });
      lost.push({ queryId, givenUp, silentFor: () => (since === null ? null : clock.now() - since) });
    },
    /**
     * Resolves when none of them can run any more.
     * @param byId whether the warehouse says that the query with this id has ended
     * @throws ZonerError WAREHOUSE_UNAVAILABLE: it waited long enough, and one may still run
     */
    async settle(byId: (queryId: string) => Promise<boolean>): Promise<void> {
      const until = clock.now() + patienceMs;
      for (const each of [...lost]) {
        while (!(await hasEnded(each, byId))) {
          if (clock.now() >= until) {
            const message = 'a statement whose answer was lost may still run, and nothing is sent beside it';
            throw new ZonerError('WAREHOUSE_UNAVAILABLE', message);
          }
          const left = timeoutMs - (each.silentFor() ?? 0);
          await clock.pause(Math.max(0, Math.min(left, POLL_MS)));
        }
        lost = lost.filter((other) => other !== each);
      }
    },
  };
}
