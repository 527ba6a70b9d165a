import type { AvroSchema, NamedSchema } from '#avro/model.ts';
import type { Baseline } from '#check/judge-contract.ts';
import type { BaselineVersion } from '#check/judge-subject.ts';
import type { RegistryLock } from '#contract/lock/lock.ts';
import { lockedSchemas } from '#contract/lock/locked-schemas.ts';

/**
 * Every version that a lock holds.
 * @param environment whose ids are told; null for the first that has one
 * @throws ZonerError LOCK_INVALID, when a subject is asked for whose schemas do not parse
 */
export function lockedBaseline(lock: RegistryLock, environment: string | null, against: string): Baseline {
  const schemas = lockedSchemas(lock);
  const idOf = (subject: string, version: number): number | null => {
    const names = environment === null ? [...lock.environments.keys()].sort() : [environment];
    for (const name of names) {
      const id = lock.environments.get(name)?.get(subject)?.get(version);
      if (id !== undefined) return id;
    }
    return null;
  };
  return {
    against,
    versionsOf: (subject) =>
      schemas
        .historyOf(subject)
        .flatMap(({ version, schema, fingerprint }): BaselineVersion[] =>
          isNamed(schema)
            ? [{ label: `version ${version}`, id: idOf(subject, version), schema, fingerprint }]
            : [],
        ),
  };
}

function isNamed(schema: AvroSchema): schema is NamedSchema {
  return 'fullName' in schema;
}
