import { isZonerError, messageOf, ZonerError } from '#core/errors.ts';
import { acquireClaim, type Claim } from '#dead-letters/claim.ts';
import type { LetterState } from '#dead-letters/letter-book.ts';
import type { WriteDeps } from '#dead-letters/ports.ts';
import type { Prover } from '#dead-letters/prove.ts';
import type { ReplayOptions } from '#dead-letters/replay-options.ts';
import { isWornOut, type ReplayReport, ReplayTally } from '#dead-letters/replay-tally.ts';
import { createSender, type Sender } from '#dead-letters/sender.ts';
import { settle } from '#dead-letters/settle.ts';
import { type ProvedLetter, surveyProved } from '#dead-letters/survey.ts';
import { startWatch, type Watch } from '#dead-letters/watch.ts';

export interface ReplayDeps extends WriteDeps {
  readonly prover: Prover;
  /** How far the loading group has committed the source topic, by partition. */
  readonly committed: ReadonlyMap<number, bigint>;
  /** Told what was proved, before anything is sent. */
  onPlan(plan: ReplayReport): void;
  onProgress(report: ReplayReport): void;
  /** Another run may be under way: it is watched for some seconds. */
  onWait(run: string): void;
}

/**
 * What a replay would do now: proves every letter that the filter chooses, and sends nothing.
 * @throws ZonerError KAFKA_UNAVAILABLE, TOPIC_MISSING, REGISTRY_UNAVAILABLE, REGISTRY_AUTH
 */
export async function planReplay(options: ReplayOptions, deps: ReplayDeps): Promise<ReplayReport> {
  const watch = await startWatch(deps);
  try {
    return await planned(watch, options, deps);
  } finally {
    await watch.close();
  }
}

/**
 * Proves the letters that are there now and that the filter chooses, and sends those that pass to the retry topic: a few
 * first, and the others once the consumer has made rows of them. What was sent before is not sent again, whichever run
 * sent it and however it ended; letters that came back too often are parked. A run that has to stop says so in its
 * report, and the next one goes on where it stopped.
 * @throws ZonerError REPLAY_BUSY if another run is under way; what reading throws
 */
export async function replay(options: ReplayOptions, deps: ReplayDeps): Promise<ReplayReport> {
  const watch = await startWatch(deps);
  try {
    const claim = await acquireClaim(watch, deps, deps.onWait);
    try {
      return await replayClaimed(watch, claim, options, deps);
    } finally {
      await claim.release().catch(() => undefined);
    }
  } finally {
    await watch.close();
  }
}

async function replayClaimed(
  watch: Watch,
  claim: Claim,
  options: ReplayOptions,
  deps: ReplayDeps,
): Promise<ReplayReport> {
  deps.onPlan(await planned(watch, options, deps));
  await claim.keep();
  const tally = new ReplayTally(deps);
  const sender = createSender(watch, claim, options, deps, () => deps.onProgress(tally.report()));
  tally.follow(sender);
  let stopped: ZonerError | null = null;
  try {
    await prove(watch, options, deps, tally, async (letters) => {
      await sender.send(letters.map(({ known, record }) => ({ known, letter: record })));
    });
    await sender.finish();
  } catch (error) {
    stopped = stopOf(error, deps.signal);
  }
  if (stopped === null || stopped.code === 'FAILS_AGAIN') {
    const parked = await parkWornOut(watch, claim, sender, tally, deps);
    tally.parked(parked);
  }
  return tally.report(stopped);
}

async function planned(watch: Watch, options: ReplayOptions, deps: ReplayDeps): Promise<ReplayReport> {
  const tally = new ReplayTally(deps);
  await prove(watch, options, deps, tally, async () => deps.onProgress(tally.report()));
  return tally.report();
}

/** Bugs pass; everything else ends the run with a report of how far it came. */
function stopOf(error: unknown, signal: AbortSignal): ZonerError {
  if (signal.aborted) return new ZonerError('STOPPED', messageOf(signal.reason), { cause: error });
  if (isZonerError(error)) return error;
  throw error;
}

/** @param send the letters of one batch that pass and are to be sent */
async function prove(
  watch: Watch,
  options: ReplayOptions,
  deps: ReplayDeps,
  tally: ReplayTally,
  send: (letters: readonly ProvedLetter[]) => Promise<void>,
): Promise<void> {
  const states = new Set<LetterState>(options.again ? ['open', 'waiting'] : ['open']);
  await surveyProved(watch, deps, { states, filter: options.filter }, async (letters) => {
    const passing = letters.filter((each) => tally.add(each) === 'send');
    const chosen = passing.slice(0, options.max - tally.chosen);
    tally.choose(chosen);
    if (chosen.length > 0) await send(chosen);
    return tally.chosen < options.max;
  });
}

/** Parks the letters that were refused so often that a person has to look at them. */
async function parkWornOut(
  watch: Watch,
  claim: Claim,
  { outcomes }: Sender,
  tally: ReplayTally,
  deps: ReplayDeps,
): Promise<number> {
  const ids = [
    ...tally.wornOut,
    ...outcomes.failedAgain.filter((id) => {
      const known = watch.book.of(id);
      return known !== null && isWornOut(known);
    }),
  ];
  if (ids.length === 0) return 0;
  await claim.keep();
  const settled = await settle('park', ids, 'refused too often', watch, deps);
  return settled.filter(({ outcome }) => outcome === 'done').length;
}
