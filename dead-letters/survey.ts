import type { KafkaRecord } from '#consumer/ports.ts';
import { scanBatches } from '#consumer/scan.ts';
import { topicNames } from '#contract/topic-names.ts';
import { type Letter, readLetter } from '#dead-letters/letter.ts';
import type { KnownLetter, LetterState } from '#dead-letters/letter-book.ts';
import type { ReadDeps } from '#dead-letters/ports.ts';
import type { Prover, Verdict } from '#dead-letters/prove.ts';
import type { Watch } from '#dead-letters/watch.ts';
import type { LetterFilter } from '#dead-letters/where.ts';

/** A letter with everything that is known of it. */
export interface Surveyed {
  readonly known: KnownLetter;
  readonly letter: Letter;
  readonly record: KafkaRecord;
}

export interface ProvedLetter extends Surveyed {
  readonly verdict: Verdict;
}

export interface SurveyOptions {
  readonly states: ReadonlySet<LetterState>;
  readonly filter: LetterFilter;
}

const ENOUGH = Symbol('nobody wants more letters');

/**
 * Reads what the dead letter topic holds now, and gives the newest letter of each record that is in one of these states
 * and passes the filter, those of a partition in order. One call of `onLetters` at a time: it may wait for as long as it
 * likes, and meanwhile no more is held than the batches under way. It answers whether it wants more.
 */
export async function survey(
  watch: Watch,
  deps: ReadDeps,
  { states, filter }: SurveyOptions,
  onLetters: (letters: readonly Surveyed[]) => Promise<boolean>,
): Promise<void> {
  const enough = new AbortController();
  const choose = (record: KafkaRecord): readonly Surveyed[] => {
    const letter = readLetter(record);
    if (letter === null || !watch.book.isNewest(letter.id, letter.at)) return [];
    const known = watch.book.of(letter.id);
    if (known === null || !states.has(known.state) || !filter(letter, record)) return [];
    return [{ known, letter, record }];
  };
  let turn = Promise.resolve();
  const take = async (records: readonly KafkaRecord[]): Promise<void> => {
    if (enough.signal.aborted) return;
    const letters = records.flatMap(choose);
    if (letters.length === 0) return;
    const more = await onLetters(letters).catch((error: unknown) => {
      // The batches of other partitions that wait for their turn must not be taken any more.
      enough.abort(error);
      throw error;
    });
    if (!more) enough.abort(ENOUGH);
  };
  const scanDeps = { ...deps, signal: AbortSignal.any([deps.signal, enough.signal]) };
  try {
    await scanBatches(topicNames(deps.contract.topic).deadLetters, scanDeps, (records) => {
      const mine = turn.then(() => take(records));
      turn = mine.catch(() => undefined);
      return mine;
    });
  } catch (error) {
    if (error !== ENOUGH) throw error;
  }
}

/** The same, with what would become of each letter if it was replayed now. */
export function surveyProved(
  watch: Watch,
  deps: ReadDeps & { readonly prover: Prover },
  options: SurveyOptions,
  onLetters: (letters: readonly ProvedLetter[]) => Promise<boolean>,
): Promise<void> {
  return survey(watch, deps, options, async (letters) => {
    const verdicts = await deps.prover.prove(letters.map(({ record }) => record));
    return onLetters(
      letters.map((each, index) => ({ ...each, verdict: verdicts[index] ?? { kind: 'skipped' } })),
    );
  });
}
