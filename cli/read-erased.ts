import { openScanDeps } from '#cli/open-scan.ts';
import type { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import type { ContractSink } from '#consumer/consume.ts';
import type { ErasedPlaces } from '#consumer/erased-places.ts';
import { readErased } from '#consumer/read-erased.ts';
import type { Config } from '#core/config.ts';

/** The records that `zoner forget` has erased, for every contract of a group, by its name. */
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
