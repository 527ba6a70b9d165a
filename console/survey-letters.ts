import { inParallel } from '#console/in-parallel.ts';
import type { ErasedPlaces } from '#consumer/erased-places.ts';
import type { TopicOffsets } from '#consumer/ports.ts';
import { topicNames } from '#contract/topic-names.ts';
import { isZonerError } from '#core/errors.ts';
import { type Cause, CauseTally } from '#dead-letters/causes.ts';
import { expiringLetters } from '#dead-letters/expiring.ts';
import { LetterBook, type LetterState, STATES } from '#dead-letters/letter-book.ts';
import type { ReadDeps } from '#dead-letters/ports.ts';
import type { Prover } from '#dead-letters/prove.ts';
import { surveyProved } from '#dead-letters/survey.ts';
import { startWatch } from '#dead-letters/watch.ts';

/** The dead letters of one contract as they were found. */
export interface ContractLetters {
  /** What the topics held then: unchanged ends mean unchanged letters. */
  readonly ends: string;
  /** When they were proved, in milliseconds since 1970. */
  readonly provedAt: number;
  readonly states: Readonly<Record<LetterState, number>>;
  readonly causes: readonly Cause[];
  /** Open or waiting, and deleted by the broker within five days. */
  readonly expiring: number;
  /** Some 250 bytes a letter: where each one stands. */
  readonly book: LetterBook;
  /** Records that somebody asked to be forgotten; null: none. */
  readonly erased: ErasedPlaces | null;
}

export type Letters = ReadonlyMap<string, ContractLetters>;

export interface SurveyDeps {
  readonly contracts: readonly ProvableContract[];
  now(): number;
}

export type ProvableContract = ReadDeps & { readonly prover: Prover };

/** A proof depends on registry and contract, too: it is made anew after this, though no letter changed. */
const PROOF_MS = 300_000;
const OPEN = { states: new Set<LetterState>(['open']), filter: () => true };

/**
 * Contracts whose letters are read at once, over one group where the transport gathers them: more are hardly faster, and
 * what is under way is memory.
 */
export const READ_AT_ONCE = 10;

/**
 * Reads and proves the dead letters of all contracts, a few contracts at a time. Where nothing changed since the last time,
 * what was found then stands.
 */
export async function surveyLetters(deps: SurveyDeps, before: Letters | null): Promise<Letters> {
  // All at the same time, because the broker is asked once for what is asked together.
  const endsByTopic = new Map(
    await Promise.all(
      deps.contracts.map(
        async ({ contract: { topic }, offsets }) => [topic, await endsOf(topic, offsets)] as const,
      ),
    ),
  );
  const letters = await inParallel(deps.contracts, READ_AT_ONCE, async (contract) => {
    const { name, topic } = contract.contract;
    const ends = endsByTopic.get(topic) ?? NOTHING;
    const known = before?.get(name);
    const holds = known?.ends === ends && deps.now() - known.provedAt < PROOF_MS;
    return [name, holds ? known : { ...(await lettersOf(contract, ends, deps.now())), ends }] as const;
  });
  return new Map(letters);
}

const NOTHING = '';

/** The ends of the three topics that states are folded from, as a text; empty if there is no letter in them. */
async function endsOf(topic: string, offsets: TopicOffsets): Promise<string> {
  const { deadLetters, status, retry } = topicNames(topic);
  const parts = await Promise.all(
    [deadLetters, status, retry].map(async (each) => {
      const ranges = await offsets.ranges(each).catch((error: unknown) => {
        if (isZonerError(error, 'TOPIC_MISSING')) return new Map<number, { low: bigint; high: bigint }>();
        throw error;
      });
      return [...ranges].flatMap(([partition, { low, high }]) =>
        low < high ? [`${each}/${partition}/${low}/${high}`] : [],
      );
    }),
  );
  const held = parts.flat();
  return held.length === 0 ? NOTHING : held.join(' ');
}

async function lettersOf(
  deps: ProvableContract,
  ends: string,
  now: number,
): Promise<Omit<ContractLetters, 'ends'>> {
  const states = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<LetterState, number>;
  const { deadLetters, status, retry } = topicNames(deps.contract.topic);
  if (ends === NOTHING) {
    const book = new LetterBook({ deadLetters, status, retry });
    return { provedAt: now, states, causes: [], expiring: 0, book, erased: null };
  }
  const watch = await startWatch(deps);
  try {
    const tally = new CauseTally();
    await surveyProved(watch, deps, OPEN, async (batch) => {
      for (const { letter, verdict } of batch) tally.add(letter, verdict);
      return true;
    });
    for (const { state } of watch.book.all()) states[state] += 1;
    const expiring = expiringLetters(watch.book.all(), now).length;
    return { provedAt: now, states, causes: tally.close(), expiring, book: watch.book, erased: watch.erased };
  } finally {
    await watch.close();
  }
}
