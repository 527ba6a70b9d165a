import { randomUUID } from 'node:crypto';
import { ErasedPlaces } from '#consumer/erased-places.ts';
import { type ErasureEntry, readErasure } from '#consumer/erasure-entry.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import { topicNames } from '#contract/topic-names.ts';
import { readClaim } from '#dead-letters/claim-record.ts';
import { LetterBook } from '#dead-letters/letter-book.ts';
import type { WatchDeps } from '#dead-letters/ports.ts';

/** A run that says of itself that it is changing the states of letters. */
export interface SeenClaim {
  /** Where its first claim stands in the ledger: the earliest of those that live holds. */
  readonly first: bigint;
  /** Where its newest stands; grows while the run lives. */
  readonly newest: bigint;
  /** When that was written, in milliseconds since 1970. */
  readonly at: number;
}

/** The dead letters of a contract as they are now, and go on to be. */
export interface Watch {
  readonly book: LetterBook;
  /** By run. */
  readonly claims: ReadonlyMap<string, SeenClaim>;
  /** Records of the source topic that were erased. */
  readonly erased: ErasedPlaces;
  /** The journal of erasures. */
  readonly erasures: readonly Omit<ErasureEntry, 'places'>[];
  /** Told of each letter that changes. */
  onChange(listener: (id: string) => void): void;
  /** Resolves once everything up to the ends of these topics now has been read. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Reads letters, ledger and retry topic from their beginnings, and goes on reading until it is closed. It resolves when
 * it has read what was there at the start. It leaves no trace: the group is made up and commits nothing.
 */
export async function startWatch(deps: WatchDeps): Promise<Watch> {
  const { transport, contract, offsets, signal } = deps;
  const { deadLetters, status, retry } = topicNames(contract.topic);
  const topics = [deadLetters, status, retry];
  const book = new LetterBook({ deadLetters, status, retry });
  const claims = new Map<string, SeenClaim>();
  const erased = new ErasedPlaces();
  const erasures = new Map<string, Omit<ErasureEntry, 'places'>>();
  const read = new Map<string, bigint>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const stop = (): void => failed.reject(signal.reason);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const listeners: ((id: string) => void)[] = [];
  let wake = Promise.withResolvers<void>();

  const enter = (record: KafkaRecord): void => {
    if (record.topic === status && enterClaim(claims, record)) return;
    const erasure = record.topic === status ? readErasure(record) : null;
    if (erasure !== null) {
      const { places, ...entry } = erasure;
      erased.add(places);
      erasures.set(`${entry.run}/${entry.state}`, entry);
      return;
    }
    const id = book.enter(record);
    if (id !== null) for (const listener of listeners) listener(id);
  };
  const subscription = await transport.run({
    group: `zoner-letters-${randomUUID()}`,
    topics,
    onBatch: async ({ topic, partition, records, end }) => {
      records.forEach(enter);
      const [place, next] = [`${topic}/${partition}`, end ?? (records.at(-1)?.offset ?? -1n) + 1n];
      // Without commits a rebalance starts a partition again.
      if (next > (read.get(place) ?? 0n)) read.set(place, next);
      wake.resolve();
      wake = Promise.withResolvers();
    },
    onFatal: failed.reject,
  });
  const caughtUp = async (): Promise<void> => {
    const ends = await Promise.all(topics.map(async (topic) => ({ topic, of: await offsets.ranges(topic) })));
    const isThere = (): boolean =>
      ends.every(({ topic, of }) =>
        [...of].every(([partition, { low, high }]) => {
          return low === high || (read.get(`${topic}/${partition}`) ?? 0n) >= high;
        }),
      );
    while (!isThere()) await Promise.race([wake.promise, failed.promise]);
  };
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', stop);
    await subscription.stop();
  };
  try {
    await caughtUp();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    book,
    claims,
    erased,
    get erasures() {
      return [...erasures.values()];
    },
    onChange: (listener) => void listeners.push(listener),
    caughtUp,
    close,
  };
}

/** @returns whether the record is about a claim */
function enterClaim(claims: Map<string, SeenClaim>, record: KafkaRecord): boolean {
  const claim = readClaim(record);
  if (claim === null) return false;
  const before = claims.get(claim.run);
  if (before !== undefined && before.newest >= record.offset) return true;
  if (claim.isHeld) {
    const { offset: newest, timestamp } = record;
    claims.set(claim.run, { first: before?.first ?? newest, newest, at: Number(timestamp) });
  } else claims.delete(claim.run);
  return true;
}
