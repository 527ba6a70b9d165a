import { scanBatches } from '#consumer/scan.ts';
import { topicNames } from '#contract/topic-names.ts';
import { readLetter } from '#dead-letters/letter.ts';
import type { Watch } from '#dead-letters/watch.ts';
import { createPersonFinder, type PersonFinder } from '#erasure/person-finder.ts';
import type { EraseDeps, RowsHeld } from '#erasure/ports.ts';
import { type Retained, retainedBy } from '#erasure/retention.ts';

export interface Place {
  readonly partition: number;
  readonly offset: bigint;
}

/** What one topic holds of a person. */
export interface TopicFind {
  readonly topic: string;
  readonly places: readonly Place[];
  /** Null where nothing was found. */
  readonly retained: Retained | null;
  /** Ids of the letters among them. */
  readonly letters: ReadonlySet<string>;
  /** Records of which nobody can say whom they are about. */
  readonly unknown: number;
}

/** All that is held of a person under one contract. */
export interface Findings {
  readonly source: TopicFind;
  readonly retry: TopicFind;
  readonly deadLetters: TopicFind;
  readonly parked: TopicFind;
  /** Places of the source that no erasure names yet. */
  readonly unmarked: readonly Place[];
  readonly rows: RowsHeld;
  readonly hasState: boolean;
  /** Where the source ended for this search, by partition: what comes later is not looked at. */
  readonly ends: ReadonlyMap<number, bigint>;
}

/**
 * Reads every topic, the table and the state. It changes nothing.
 * @param ends of the source topic, by partition: what stands there or behind is not looked at
 * @throws ZonerError as the services
 */
export async function search(
  person: string,
  ends: ReadonlyMap<number, bigint>,
  watch: Watch,
  deps: EraseDeps,
): Promise<Findings> {
  const { contract } = deps;
  const names = topicNames(contract.topic);
  const find = createPersonFinder(contract, person, deps.writers);
  const settings = await deps.settingsOf(Object.values(names));
  const searchIn = (topic: string): Promise<TopicFind> =>
    searchTopic(topic, find, settings.get(topic) ?? new Map(), deps);
  const source = await searchIn(names.source);
  const [retry, deadLetters, parked] = [
    await searchIn(names.retry),
    await searchIn(names.deadLetters),
    await searchIn(names.parked),
  ];
  const inTime = source.places.filter(({ partition, offset }) => offset < (ends.get(partition) ?? 0n));
  return {
    source: { ...source, places: inTime },
    retry,
    deadLetters,
    parked,
    unmarked: inTime.filter((place) => !watch.erased.has(place)),
    rows: await deps.rows.held(ends),
    hasState: (await deps.state?.holds(person)) === true,
    ends,
  };
}

async function searchTopic(
  topic: string,
  find: PersonFinder,
  settings: ReadonlyMap<string, string>,
  deps: EraseDeps,
): Promise<TopicFind> {
  const places: Place[] = [];
  const letters = new Set<string>();
  let newest = 0n;
  let unknown = 0;
  await scanBatches(topic, deps, async (records) => {
    const found = await find(records);
    for (const [index, record] of records.entries()) {
      if (found[index] === 'unknown') unknown += 1;
      if (found[index] !== 'theirs') continue;
      const { partition, offset, timestamp } = record;
      places.push({ partition, offset });
      if (timestamp > newest) newest = timestamp;
      const id = readLetter(record)?.id;
      if (id !== undefined) letters.add(id);
    }
  });
  const retained = places.length === 0 ? null : retainedBy(settings, newest);
  return { topic, places, retained, letters, unknown };
}
