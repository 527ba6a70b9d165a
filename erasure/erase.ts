import { rangesOf } from '#consumer/erased-places.ts';
import { type ErasureEntry, erasureRecords } from '#consumer/erasure-entry.ts';
import type { Claim } from '#dead-letters/claim.ts';
import { entryOf } from '#dead-letters/ledger-writer.ts';
import type { Watch } from '#dead-letters/watch.ts';
import type { EraseDeps } from '#erasure/ports.ts';
import { rewriteTopic } from '#erasure/rewrite-topic.ts';
import type { Findings } from '#erasure/search.ts';

export interface Erasure {
  readonly person: string;
  readonly hash: string;
  readonly reason: string;
}

/**
 * Erases what was found: the journal first, so that whatever comes of this run, no consumer that starts afterwards reads
 * the records again; then letters, rows and state. Each part does no harm twice, so a run that was killed is run again.
 * @returns how much was taken away, by what it was
 */
export async function erase(
  { person, hash, reason }: Erasure,
  findings: Findings,
  watch: Watch,
  claim: Claim,
  deps: EraseDeps,
): Promise<Readonly<Record<string, number>>> {
  const { contract, producer, run, now } = deps;
  const { source, unmarked, deadLetters, parked, ends, hasState } = findings;
  const entry = { run, person: hash, reason };
  const write = (rest: Pick<ErasureEntry, 'state' | 'places' | 'erased'>): Promise<void> =>
    producer.send(erasureRecords({ ...entry, at: new Date(now()).toISOString(), ...rest }, contract.topic));
  await write({ state: 'begun', places: rangesOf(unmarked), erased: {} });
  if (source.retained?.kind === 'until-compacted') await sendTombstones(person, findings, deps);
  const letters = [...new Set([...deadLetters.letters, ...parked.letters])];
  const discarded = letters.flatMap((id) => {
    const known = watch.book.of(id);
    return known === null || known.state === 'discarded' ? [] : [known];
  });
  await claim.keep();
  if (discarded.length > 0)
    await producer.send(discarded.map((known) => entryOf(known, 'DISCARDED', 'erased', deps)));
  for (const find of [deadLetters, parked])
    if (find.places.length > 0) await rewriteTopic(find, () => claim.keep(), deps);
  const rows = await deps.rows.erase(ends);
  await deps.state?.forget(person);
  const erased = {
    records: unmarked.length,
    letters: letters.length,
    rows,
    states: hasState ? 1 : 0,
  };
  await write({ state: 'done', places: new Map(), erased });
  return erased;
}

/** One in each partition that holds records of theirs: a topic may have got more partitions since. */
async function sendTombstones(person: string, { source }: Findings, deps: EraseDeps): Promise<void> {
  if (deps.contract.key !== deps.contract.person) return;
  const partitions = new Set(source.places.map(({ partition }) => partition));
  await deps.producer.send(
    [...partitions].map((partition) => ({
      topic: source.topic,
      partition,
      key: Buffer.from(person, 'utf8'),
      value: null,
      headers: [],
      timestamp: BigInt(Math.floor(deps.now())),
    })),
  );
}
