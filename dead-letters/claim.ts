import { ZonerError } from '#core/errors.ts';
import { claimRecord } from '#dead-letters/claim-record.ts';
import type { WriteDeps } from '#dead-letters/ports.ts';
import type { Watch } from '#dead-letters/watch.ts';

/** A run that has said nothing for so long has ended, and could not say so. */
export const CLAIM_MS = 15_000;
const RENEW_MS = 4000;
const POLL_MS = 250;
/** A claim this old by the clock on the wall needs no watching: clocks are never that wrong. */
const STALE_MS = 600_000;

export interface Claim {
  /**
   * Says that this run lives, if it is time to. Call it before each change, and while waiting.
   * @throws ZonerError LEASE_LOST if this run said nothing for so long that another one has begun
   */
  keep(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Lets one run at a time change the states of a contract's letters. Runs write claims into the ledger, whose one
 * partition orders them: the earliest that lives holds. One that was killed stands in the way until it has been silent
 * for {@link CLAIM_MS} by this process's own clock, so that no two machines need the same time.
 * @param onWait told of the run that stands in the way
 * @throws ZonerError REPLAY_BUSY if that run lives
 */
export async function acquireClaim(
  watch: Watch,
  deps: WriteDeps,
  onWait: (run: string) => void,
): Promise<Claim> {
  const { run, producer, contract, clock } = deps;
  let renewedAt = clock();
  const say = async (isHeld: boolean): Promise<void> => {
    await producer.send([claimRecord(run, isHeld, contract, deps.now())]);
    renewedAt = clock();
  };
  const keep = async (): Promise<void> => {
    const silent = clock() - renewedAt;
    if (silent < RENEW_MS) return;
    if (silent >= CLAIM_MS) {
      await watch.caughtUp();
      const [other] = [...watch.claims.keys()].filter((each) => each !== run);
      if (other !== undefined) throw new ZonerError('LEASE_LOST', `the run ${other} has begun meanwhile`);
    }
    await say(true);
  };
  await say(true);
  await watch.caughtUp();
  try {
    await outlive(watch, deps, keep, onWait);
  } catch (error) {
    await say(false).catch(() => undefined);
    throw error;
  }
  return { keep, release: () => say(false) };
}

/** Waits until every claim before this one is given back or has been silent for long enough. */
async function outlive(
  { claims }: Watch,
  { run, now, clock, pause, producer, contract }: WriteDeps,
  keep: () => Promise<void>,
  onWait: (run: string) => void,
): Promise<void> {
  const begun = clock();
  const seen = new Map<string, bigint>();
  for (;;) {
    const own = claims.get(run)?.first ?? 0n;
    const rivals = [...claims].filter(
      ([id, { first, at }]) => id !== run && first < own && now() - at < STALE_MS,
    );
    if (rivals.length === 0) return;
    for (const [id, { newest }] of rivals) {
      const before = seen.get(id);
      if (before === undefined) onWait(id);
      else if (newest > before) throw new ZonerError('REPLAY_BUSY', `the run ${id} is under way`);
      seen.set(id, newest);
    }
    if (clock() - begun >= CLAIM_MS) {
      // They have ended without saying so: said for them, or the next run would wait for them too.
      await producer.send(rivals.map(([id]) => claimRecord(id, false, contract, now())));
      return;
    }
    await pause(POLL_MS);
    await keep();
  }
}
