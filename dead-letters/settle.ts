import type { KafkaRecord } from '#consumer/ports.ts';
import { scan } from '#consumer/scan.ts';
import { topicNames } from '#contract/topic-names.ts';
import { entryOf } from '#dead-letters/ledger-writer.ts';
import { readLetter } from '#dead-letters/letter.ts';
import type { KnownLetter, LetterState } from '#dead-letters/letter-book.ts';
import type { WriteDeps } from '#dead-letters/ports.ts';
import type { Watch } from '#dead-letters/watch.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

/** So many attempts, and a letter is parked: what has failed so often needs a person. */
export const MAX_ATTEMPTS = 5;

/** What a person decides of single letters. */
export type Decision = 'park' | 'unpark' | 'discard';

/** In which states a letter has to be for a decision, and what it is afterwards. */
const DECISIONS: Readonly<
  Record<Decision, { readonly from: readonly LetterState[]; readonly to: LetterState }>
> = {
  park: { from: ['open', 'waiting'], to: 'parked' },
  unpark: { from: ['parked', 'discarded'], to: 'open' },
  discard: { from: ['open', 'waiting', 'parked'], to: 'discarded' },
};

export type Settled =
  | { readonly id: string; readonly outcome: 'done' }
  | { readonly id: string; readonly outcome: 'already' }
  /** `gone`: its state would allow it, and the letter itself is retained no longer. */
  | { readonly id: string; readonly outcome: 'gone' }
  /** `state` null: there is no such letter. */
  | { readonly id: string; readonly outcome: 'refused'; readonly state: LetterState | null };

/**
 * Parks, reopens or discards letters, those that can be. A letter that is parked is copied to the parked topic, which
 * keeps it for ever; one that is reopened is written again, so that it does not expire the next day.
 */
export async function settle(
  decision: Decision,
  ids: readonly string[],
  reason: string,
  watch: Watch,
  deps: WriteDeps,
): Promise<readonly Settled[]> {
  const { from, to } = DECISIONS[decision];
  const settled: Settled[] = [];
  const wanted = new Map<string, KnownLetter>();
  for (const id of new Set(ids)) {
    const known = watch.book.of(id);
    const state = known?.state ?? null;
    if (known !== null && from.includes(known.state)) wanted.set(id, known);
    else settled.push(state === to ? { id, outcome: 'already' } : { id, outcome: 'refused', state });
  }
  const names = topicNames(deps.contract.topic);
  if (decision === 'discard') {
    const entries = [...wanted.values()].map((known) => entryOf(known, 'DISCARDED', reason, deps));
    if (entries.length > 0) await deps.producer.send(entries);
    return [...settled, ...[...wanted.keys()].map((id): Settled => ({ id, outcome: 'done' }))];
  }
  // A letter that was discarded may have stood on either topic.
  const sources = decision === 'park' ? [names.deadLetters] : [names.parked, names.deadLetters];
  const target = decision === 'park' ? names.parked : names.deadLetters;
  const found = await copyLetters(new Set(wanted.keys()), sources, target, deps);
  const entries = [...wanted.values()]
    .filter(({ id }) => found.has(id))
    .map((known) => {
      if (decision === 'park') return entryOf(known, 'PARKED', reason, deps);
      return entryOf({ ...known, parkAt: known.attempts + MAX_ATTEMPTS }, 'OPEN', reason, deps);
    });
  // Copies first: a run that ends in between leaves one copy too many, and no letter without one.
  if (entries.length > 0) await deps.producer.send(entries);
  const outcomes = [...wanted.keys()].map(
    (id): Settled => ({ id, outcome: found.has(id) ? 'done' : 'gone' }),
  );
  return [...settled, ...outcomes];
}

/** Copies the newest letter of each id to another topic, byte for byte. @returns the ids that were found */
async function copyLetters(
  ids: ReadonlySet<string>,
  sources: readonly string[],
  target: string,
  { transport, offsets, signal, producer, now }: WriteDeps,
): Promise<ReadonlySet<string>> {
  if (ids.size === 0) return new Set();
  const newest = new Map<string, { readonly attempts: number; readonly record: KafkaRecord }>();
  for (const source of sources) {
    await scan(source, { transport, offsets, signal }, (record) => {
      const letter = readLetter(record);
      if (letter === null || !ids.has(letter.id)) return;
      const before = newest.get(letter.id);
      if (before === undefined || letter.attempts >= before.attempts)
        newest.set(letter.id, { attempts: letter.attempts, record });
    });
  }
  const copies = [...newest.values()].map(({ record }): OutgoingRecord => {
    return { ...record, topic: target, timestamp: BigInt(Math.floor(now())) };
  });
  if (copies.length > 0) await producer.send(copies);
  return new Set(newest.keys());
}
