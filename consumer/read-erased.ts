import { ErasedPlaces } from '#consumer/erased-places.ts';
import { readErasure } from '#consumer/erasure-entry.ts';
import { type ScanDeps, scan } from '#consumer/scan.ts';
import { topicNames } from '#contract/topic-names.ts';

/**
 * The records of a topic that `zoner forget` has erased, out of the ledger. A consumer asks once, at its start: forget
 * waits until those of Zoner that run have passed what it erases; an application that runs learns of it at its next start.
 * @throws ZonerError TOPIC_MISSING, KAFKA_UNAVAILABLE
 */
export async function readErased(topic: string, deps: ScanDeps): Promise<ErasedPlaces> {
  const erased = new ErasedPlaces();
  await scan(topicNames(topic).status, deps, (record) => {
    const entry = readErasure(record);
    if (entry !== null) erased.add(entry.places);
  });
  return erased;
}
