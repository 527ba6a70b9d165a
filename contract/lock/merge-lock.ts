import { fingerprint } from '#avro/fingerprint.ts';
import type { NamedSchema } from '#avro/model.ts';
import { namedTypesOf } from '#avro/named-types.ts';
import { parseSchema } from '#avro/parse.ts';
import type { CompatibilityLevel } from '#contract/contract.ts';
import type { LockedReference, LockedSubject, LockedVersion, RegistryLock } from '#contract/lock/lock.ts';

/** A version as one registry holds it, with that registry's own numbers. */
export interface HeldVersion {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly text: string;
  readonly references: readonly LockedReference[];
}

export interface HeldSubject {
  readonly subject: string;
  readonly level: CompatibilityLevel | null;
  /** Oldest first. */
  readonly versions: readonly HeldVersion[];
}

interface Placed {
  readonly version: number;
  readonly types: ReadonlySet<NamedSchema>;
}

/**
 * The lock after one registry was read: what it holds and the lock does not is added, and its ids are the
 * environment's. A version that the registry no longer has stays, because topics may still hold its records; its id goes.
 * A number that the lock has given to another schema already is given anew, at the end.
 * @param held every subject asked for, with all that they refer to
 * @throws ZonerError SCHEMA_INVALID if a registered text is not Avro
 */
export function mergeIntoLock(
  lock: RegistryLock,
  environment: string,
  held: readonly HeldSubject[],
): RegistryLock {
  const subjects = new Map(lock.subjects);
  const placed = new Map<string, Placed>();
  const ids = new Map<string, Map<number, number>>();
  const bySubject = new Map(held.map((each) => [each.subject, each]));

  const place = (each: HeldVersion): Placed => {
    const key = `${each.version}/${each.subject}`;
    const done = placed.get(key);
    if (done !== undefined) return done;
    const known = new Map<string, NamedSchema>();
    const references = each.references.map((reference) => {
      const target = bySubject
        .get(reference.subject)
        ?.versions.find(({ version }) => version === reference.version);
      if (target === undefined) throw new Error(`${reference.subject} was not read`);
      const { version, types } = place(target);
      for (const type of types) known.set(type.fullName, type);
      return { name: reference.name, subject: reference.subject, version };
    });
    const schema = parseSchema(each.text, { file: `${each.subject}, version ${each.version}`, known });
    const locked = { fingerprint: fingerprint(schema), references, text: each.text };
    const { subject, version } = addVersion(subjects.get(each.subject), each.version, locked);
    subjects.set(each.subject, subject);
    const made = { version, types: namedTypesOf(schema) };
    placed.set(key, made);
    ids.set(each.subject, (ids.get(each.subject) ?? new Map()).set(version, each.id));
    return made;
  };
  for (const { subject, level, versions } of held) {
    for (const version of versions) place(version);
    const locked = subjects.get(subject);
    if (locked !== undefined) subjects.set(subject, { ...locked, level });
  }
  return { subjects, environments: new Map([...lock.environments, [environment, ids]]) };
}

/** The subject with this schema in it, and the version that it has there. */
function addVersion(
  subject: LockedSubject | undefined,
  wanted: number,
  added: Omit<LockedVersion, 'version'>,
): { readonly subject: LockedSubject; readonly version: number } {
  const versions = subject?.versions ?? [];
  const known = versions.find((each) => each.fingerprint === added.fingerprint);
  if (subject !== undefined && known !== undefined) return { subject, version: known.version };
  const taken = versions.some((each) => each.version === wanted);
  const version = taken ? (versions.at(-1)?.version ?? 0) + 1 : wanted;
  const all = [...versions, { version, ...added }].sort((a, b) => a.version - b.version);
  return { subject: { level: subject?.level ?? null, versions: all }, version };
}
