import { fingerprint } from '#avro/fingerprint.ts';
import { namedTypesOf } from '#avro/named-types.ts';
import type { Baseline } from '#check/judge-contract.ts';
import type { BaselineVersion } from '#check/judge-subject.ts';
import type { Contract } from '#contract/contract.ts';

/**
 * The contracts of another state of the files, each the one version of its subjects.
 * @param label in words: `origin/main (1a2b3c4)`
 */
export function contractsBaseline(contracts: readonly Contract[], label: string): Baseline {
  const versions = new Map<string, BaselineVersion>();
  for (const { root, types } of contracts) {
    const named = new Map([...namedTypesOf(root)].map((type) => [type.fullName, type]));
    for (const { subject, fullName } of types) {
      const schema = named.get(fullName);
      if (schema !== undefined)
        versions.set(subject, { label, id: null, schema, fingerprint: fingerprint(schema) });
    }
  }
  return {
    against: label,
    versionsOf: (subject) => {
      const version = versions.get(subject);
      return version === undefined ? [] : [version];
    },
  };
}
