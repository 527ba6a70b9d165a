import { fingerprint } from '#avro/fingerprint.ts';
import type { AvroSchema, NamedSchema } from '#avro/model.ts';
import { namedTypesOf } from '#avro/named-types.ts';
import { parseSchema } from '#avro/parse.ts';
import type { LockedVersion, RegistryLock } from '#contract/lock/lock.ts';
import { isZonerError, ZonerError } from '#core/errors.ts';

export interface LockedSchema {
  readonly version: number;
  readonly schema: AvroSchema;
  readonly fingerprint: string;
}

/** The schemas of a lock, each parsed once, with all that they refer to. */
export interface LockedSchemas {
  /**
   * The versions of a subject, oldest first; none if the lock does not know it.
   * @throws ZonerError LOCK_INVALID if a schema does not parse, or is another than its fingerprint says
   */
  historyOf(subject: string): readonly LockedSchema[];
}

export function lockedSchemas(lock: RegistryLock): LockedSchemas {
  const resolved = new Map<LockedVersion, LockedSchema>();
  const open = new Set<LockedVersion>();
  const resolve = (subject: string, locked: LockedVersion): LockedSchema => {
    const done = resolved.get(locked);
    if (done !== undefined) return done;
    if (open.has(locked)) throw invalid(subject, locked, 'refers to itself through other subjects');
    open.add(locked);
    const known = new Map<string, NamedSchema>();
    for (const reference of locked.references) {
      const target = lock.subjects
        .get(reference.subject)
        ?.versions.find(({ version }) => version === reference.version);
      if (target === undefined)
        throw invalid(subject, locked, `refers to ${reference.subject}, which is not here`);
      for (const type of namedTypesOf(resolve(reference.subject, target).schema))
        known.set(type.fullName, type);
    }
    const schema = parse(subject, locked, known);
    const found = fingerprint(schema);
    if (found !== locked.fingerprint)
      throw invalid(
        subject,
        locked,
        `has the fingerprint ${found}; somebody changed its text or what it refers to`,
      );
    const made = { version: locked.version, schema, fingerprint: found };
    resolved.set(locked, made);
    open.delete(locked);
    return made;
  };
  return {
    historyOf: (subject) =>
      (lock.subjects.get(subject)?.versions ?? []).map((locked) => resolve(subject, locked)),
  };
}

function parse(subject: string, locked: LockedVersion, known: ReadonlyMap<string, NamedSchema>): AvroSchema {
  try {
    return parseSchema(locked.text, { known });
  } catch (error) {
    if (!isZonerError(error, 'SCHEMA_INVALID')) throw error;
    throw invalid(subject, locked, `does not parse: ${error.message}`);
  }
}

function invalid(subject: string, { version }: LockedVersion, message: string): ZonerError {
  return new ZonerError('LOCK_INVALID', `version ${version} of ${subject} in the lock ${message}`);
}
