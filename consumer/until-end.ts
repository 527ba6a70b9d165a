import type { TopicOffsets } from '#consumer/ports.ts';
import { isZonerError } from '#core/errors.ts';

/** How far a group has come on the way to the end offsets that were read at the start. */
export interface Distance {
  readonly done: bigint;
  readonly total: bigint;
}

export interface UntilEndDeps {
  readonly offsets: TopicOffsets;
  /** Resolves after a while, or rejects when the command is stopped. */
  pause(): Promise<void>;
  onProgress(distance: Distance): void;
}

type Ends = readonly {
  readonly topic: string;
  readonly ends: ReadonlyMap<number, { low: bigint; high: bigint }>;
}[];

/** The end offsets of these topics now: what "until the end" means does not move while records arrive. */
export async function endsOf(topics: readonly string[], offsets: TopicOffsets): Promise<Ends> {
  return Promise.all(topics.map(async (topic) => ({ topic, ends: await offsets.ranges(topic) })));
}

/**
 * Resolves when the group has committed up to `ends` on every partition, whichever of its members did so. A broker that
 * does not answer is asked again: its consumers wait for it, too.
 */
export async function reachEnds(group: string, ends: Ends, deps: UntilEndDeps): Promise<void> {
  for (;;) {
    const distance = await distanceTo(group, ends, deps.offsets).catch(unlessAway);
    if (distance !== null) {
      deps.onProgress(distance);
      if (distance.done >= distance.total) return;
    }
    await deps.pause();
  }
}

function unlessAway(error: unknown): null {
  if (isZonerError(error, 'KAFKA_UNAVAILABLE')) return null;
  throw error;
}

async function distanceTo(group: string, ends: Ends, offsets: TopicOffsets): Promise<Distance> {
  let done = 0n;
  let total = 0n;
  for (const { topic, ends: ranges } of ends) {
    const committed = await offsets.committed(group, topic);
    for (const [partition, { low, high }] of ranges) {
      const next = committed.get(partition) ?? low;
      total += high - low;
      done += (next < low ? low : next > high ? high : next) - low;
    }
  }
  return { done, total };
}
