import { z } from 'zod';
import type { OffsetRanges } from '#consumer/erased-places.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import { topicNames } from '#contract/topic-names.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

/**
 * A line of the journal of erasures, which stands in the ledger of a contract: each has a key of its own, so compaction
 * keeps all of them.
 */
export interface ErasureEntry {
  /** Names the run that erased. */
  readonly run: string;
  /** HMAC-SHA-256 of the person's name under a key that only those who erase have, hex. */
  readonly person: string;
  /** ISO instant. */
  readonly at: string;
  readonly reason: string;
  /** `begun` is written before anything is taken away, and `done` once nothing is left. */
  readonly state: 'begun' | 'done';
  /** Places of the source topic; of `begun` only. */
  readonly places: OffsetRanges;
  /** What was taken away, by what it was; of `done` only. */
  readonly erased: Readonly<Record<string, number>>;
}

const PREFIX = 'erasure/';
/** Ranges in one record: some forty bytes each, far below what a topic takes. */
const RANGES_AT_ONCE = 5000;

const RANGES = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));
const ENTRY = z.object({
  run: z.string(),
  person: z.string(),
  at: z.string(),
  reason: z.string(),
  state: z.enum(['begun', 'done']),
  places: RANGES.default({}),
  erased: z.record(z.string(), z.number()).default({}),
});

/** The entry that a record of a ledger holds, or null if it is about something else. */
export function readErasure({ key, value }: Pick<KafkaRecord, 'key' | 'value'>): ErasureEntry | null {
  if (key === null || value === null || !Buffer.from(key).toString('utf8').startsWith(PREFIX)) return null;
  try {
    const { places, ...entry } = ENTRY.parse(JSON.parse(Buffer.from(value).toString('utf8')));
    const ranges = Object.entries(places).map(([partition, list]) => {
      return [
        Number(partition),
        list.map(([first, last]) => [BigInt(first), BigInt(last)] as const),
      ] as const;
    });
    return { ...entry, places: new Map(ranges) };
  } catch {
    return null;
  }
}

/** The ledger's records of an entry: several where it holds many places. */
export function erasureRecords(entry: ErasureEntry, topic: string): readonly OutgoingRecord[] {
  return inParts(entry.places).map((part, index): OutgoingRecord => {
    const places = Object.fromEntries(
      [...part].map(([partition, list]) => [
        partition,
        list.map(([first, last]) => [String(first), String(last)]),
      ]),
    );
    return {
      topic: topicNames(topic).status,
      partition: 0,
      key: Buffer.from(`${PREFIX}${entry.run}/${entry.state}/${index}`, 'utf8'),
      value: Buffer.from(JSON.stringify({ ...entry, places }), 'utf8'),
      headers: [],
      timestamp: BigInt(Date.parse(entry.at)),
    };
  });
}

function inParts(places: OffsetRanges): readonly OffsetRanges[] {
  const parts: OffsetRanges[] = [];
  for (const [partition, list] of places) {
    for (let at = 0; at < list.length; at += RANGES_AT_ONCE)
      parts.push(new Map([[partition, list.slice(at, at + RANGES_AT_ONCE)]]));
  }
  return parts.length === 0 ? [new Map()] : parts;
}
