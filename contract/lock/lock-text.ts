import type { LockedReference, RegistryLock } from '#contract/lock/lock.ts';

/**
 * The text of a lock: equal locks have equal text, and what belongs to one subject stands together, so that two
 * branches that add to different subjects merge.
 */
export function lockText({ subjects, environments }: RegistryLock): string {
  const json = {
    lockVersion: 1,
    subjects: sorted(subjects, ({ level, versions }) => ({
      ...(level === null ? {} : { level }),
      versions: versions
        .toSorted((a, b) => a.version - b.version)
        .map(({ version, fingerprint, references, text }) => ({
          version,
          fingerprint,
          ...(references.length === 0 ? {} : { references: references.map(referenceJson) }),
          schema: text,
        })),
    })),
    environments: sorted(environments, (held) =>
      // JSON.stringify writes keys that are whole numbers in ascending order, whatever the order of insertion.
      sorted(held, (ids) => Object.fromEntries(ids)),
    ),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

function referenceJson({ name, subject, version }: LockedReference): LockedReference {
  return { name, subject, version };
}

/** By key, in the order of UTF-16 units: the same on every machine. */
function sorted<In, Out>(map: ReadonlyMap<string, In>, of: (value: In) => Out): Record<string, Out> {
  const entries = [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, of(value)]));
}
