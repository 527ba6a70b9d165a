import type { Finding } from '#avro/lint/finding.ts';
import { findingOf } from '#contract/lint/contract-rules.ts';
import type { LoadedContract } from '#contract/load.ts';
import { positionOfSetting } from '#contract/settings.ts';
import { currentView, kindViews } from '#contract/warehouse-names.ts';

/** Tables and views of all contracts stand in one schema of the warehouse. The findings of each contract, by its name. */
export function relationFindings(all: readonly LoadedContract[]): ReadonlyMap<string, readonly Finding[]> {
  const owners = new Map<string, string>();
  const found = new Map<string, Finding[]>();
  for (const { contract, settings } of all) {
    const views = kindViews(contract.table, contract.root).map(({ name }) => name);
    for (const relation of [contract.table, currentView(contract.table), ...views]) {
      // People write names in any case, and Snowflake then takes them for upper case.
      const key = relation.toUpperCase();
      const owner = owners.get(key);
      owners.set(key, contract.name);
      if (owner === undefined) continue;
      const message = `${relation} would be a table or view of ${owner} as well`;
      const finding = findingOf(
        'relation-collision',
        positionOfSetting(settings, 'table'),
        'contract.table',
        message,
        'Choose another table name, or rename the kind.',
      );
      found.set(contract.name, [...(found.get(contract.name) ?? []), finding]);
    }
  }
  return found;
}
