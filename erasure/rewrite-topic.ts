import type { KafkaRecord } from '#consumer/ports.ts';
import { scanBatches } from '#consumer/scan.ts';
import type { EraseDeps } from '#erasure/ports.ts';
import type { TopicFind } from '#erasure/search.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

/**
 * Takes a person's records out of a topic that Zoner reads by the ids of letters and never by place: the records of others
 * that stand before the last of theirs are written again, behind the end, and then everything up to there is deleted. A
 * run that is killed in between leaves copies, which are the same letters.
 * @param keep says that this run lives
 */
export async function rewriteTopic(
  { topic, places }: TopicFind,
  keep: () => Promise<void>,
  deps: EraseDeps,
): Promise<void> {
  const theirs = new Set(places.map(placeKey));
  const next = new Map<number, bigint>();
  for (const { partition, offset } of places)
    if (offset >= (next.get(partition) ?? 0n)) next.set(partition, offset + 1n);
  await scanBatches(topic, deps, async (records) => {
    const others = records.filter((record) => {
      return record.offset < (next.get(record.partition) ?? 0n) && !theirs.has(placeKey(record));
    });
    await keep();
    if (others.length > 0) await deps.producer.send(others.map(copyOf));
  });
  await keep();
  if (next.size > 0) await deps.removeBefore(topic, next);
}

/** With its own time, so that nobody's letter lives longer because another one was erased. */
function copyOf({ topic, partition, key, value, headers, timestamp }: KafkaRecord): OutgoingRecord {
  return { topic, partition, key, value, headers, timestamp };
}

function placeKey({ partition, offset }: { partition: number; offset: bigint }): string {
  return `${partition}/${offset}`;
}
