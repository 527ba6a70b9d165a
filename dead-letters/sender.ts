import type { KafkaRecord } from '#consumer/ports.ts';
import { ZonerError } from '#core/errors.ts';
import type { Claim } from '#dead-letters/claim.ts';
import { entryOf } from '#dead-letters/ledger-writer.ts';
import type { KnownLetter } from '#dead-letters/letter-book.ts';
import { Outcomes } from '#dead-letters/outcomes.ts';
import type { WriteDeps } from '#dead-letters/ports.ts';
import type { ReplayOptions } from '#dead-letters/replay-options.ts';
import { retryRecord } from '#dead-letters/retry-record.ts';
import type { Watch } from '#dead-letters/watch.ts';

/** A letter that was proved to pass. */
export interface Passing {
  readonly known: KnownLetter;
  readonly letter: KafkaRecord;
}

export interface Sender {
  /** Sends these, the canary first and the others at the rate; resolves when the broker has acknowledged them. */
  send(letters: readonly Passing[]): Promise<void>;
  /** Sends what is left of the canary, and waits until every outcome is known. */
  finish(): Promise<void>;
  readonly sent: number;
  readonly outcomes: Outcomes;
}

const POLL_MS = 200;
/** Fewer outcomes than this say nothing about a share. */
const LEAST_OUTCOMES = 10;
const MAX_CHUNK = 500;

/**
 * Sends letters to the retry topic. In this order, for each chunk: say that this run lives, send, enter it into the
 * ledger. A run that is killed in between is found out by what stands on the retry topic.
 */
export function createSender(
  watch: Watch,
  claim: Claim,
  options: ReplayOptions,
  deps: WriteDeps,
  onProgress: () => void,
): Sender {
  const outcomes = new Outcomes(watch.book);
  watch.onChange((id) => outcomes.hear(id));
  let waiting: readonly Passing[] = [];
  let isCanaryDone = options.canary === 0;
  let sent = 0;
  let dueAt = deps.clock();

  const sendChunk = async (chunk: readonly Passing[]): Promise<void> => {
    const early = dueAt - deps.clock();
    if (early > 0) await deps.pause(early);
    await claim.keep();
    dueAt = Math.max(dueAt, deps.clock()) + (chunk.length / options.rate) * 1000;
    const now = BigInt(Math.floor(deps.now()));
    for (const { known } of chunk) outcomes.sent(known.id, known.attempts);
    await deps.producer.send(
      chunk.map(({ letter }) => retryRecord(letter, deps.contract, { run: deps.run, now })),
    );
    await deps.producer.send(chunk.map(({ known }) => entryOf(known, 'REPLAYED', null, deps)));
    sent += chunk.length;
    onProgress();
    judge(LEAST_OUTCOMES);
  };

  const judge = (least: number): void => {
    if (outcomes.known >= least && outcomes.failedShare > options.stopAbove) throw failsAgain(outcomes, deps);
  };

  /** Until at most so many outcomes are unknown. */
  const hearAll = async (): Promise<void> => {
    let known = outcomes.known;
    let heardAt = deps.clock();
    while (outcomes.waiting > 0) {
      if (outcomes.known > known) [known, heardAt] = [outcomes.known, deps.clock()];
      if (deps.clock() - heardAt > options.waitMs) throw noOutcome(outcomes.waiting, deps);
      onProgress();
      await deps.pause(POLL_MS);
      await claim.keep();
    }
  };

  const sendCanary = async (): Promise<void> => {
    const canary = waiting.slice(0, options.canary);
    waiting = waiting.slice(options.canary);
    await sendChunk(canary);
    await hearAll();
    judge(1);
    isCanaryDone = true;
  };

  const sendPaced = async (letters: readonly Passing[]): Promise<void> => {
    // About five chunks a second, so that a slow rate is even and a fast one is not lost in round trips.
    const size = Math.min(MAX_CHUNK, Math.max(1, Math.round(options.rate / 5)));
    for (let at = 0; at < letters.length; at += size) await sendChunk(letters.slice(at, at + size));
  };

  const flush = async (): Promise<void> => {
    if (!isCanaryDone) await sendCanary();
    const letters = waiting;
    waiting = [];
    await sendPaced(letters);
  };

  return {
    async send(letters) {
      waiting = [...waiting, ...letters];
      if (isCanaryDone || waiting.length >= options.canary) await flush();
    },
    async finish() {
      if (waiting.length > 0) await flush();
      await hearAll();
      judge(LEAST_OUTCOMES);
    },
    get sent() {
      return sent;
    },
    outcomes,
  };
}

function failsAgain({ failedAgain, known }: Outcomes, { contract }: WriteDeps): ZonerError {
  const message = `${failedAgain.length} of ${known} replayed records of ${contract.topic} are refused again`;
  return new ZonerError('FAILS_AGAIN', message);
}

function noOutcome(count: number, { contract }: WriteDeps): ZonerError {
  return new ZonerError(
    'NO_OUTCOME',
    `nothing is heard of ${count} replayed ${count === 1 ? 'record' : 'records'} of ${contract.topic}`,
  );
}
