import { openScanDeps } from '#cli/open-scan.ts';
import type { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import type { ContractSink } from '#consumer/consume.ts';
import { ErasedPlaces } from '#consumer/erased-places.ts';
import { readErasure } from '#consumer/erasure-entry.ts';
import { type ScanDeps, scan } from '#consumer/scan.ts';
import { topicNames } from '#contract/topic-names.ts';
import type { Config } from '#core/config.ts';

/**
 * The records of a topic that `zoner forget` has erased, out of the ledger. A consumer asks once, at its start: forget
 * waits until those that run have passed what it erases.
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

/** The same for every contract of a group, by its name. */
export async function readAllErased(
  shell: Shell,
  config: Config,
  contracts: readonly ContractSink[],
  resources: Resources,
): Promise<ReadonlyMap<string, { readonly erased: ErasedPlaces }>> {
  const deps = await openScanDeps(shell, config, resources);
  const all = new Map<string, { readonly erased: ErasedPlaces }>();
  for (const { contract } of contracts)
    all.set(contract.name, { erased: await readErased(contract.topic, deps) });
  return all;
}
