import type { RegisteredType, SchemaText } from '#contract/contract.ts';
import type { Reference, RegisteredVersion, RegistryClient } from '#registry/client.ts';

export interface ActualSubject {
  readonly subject: string;
  /** The subject's own level; null if it follows the registry's, which may be none at all. */
  readonly level: string | null;
  /** The version that holds exactly the wanted schema, with references to the wanted versions; null if none does. */
  readonly registered: RegisteredVersion | null;
}

/**
 * Reads what the registry has of these types, in their order: the lookup of a type needs the versions of those it refers
 * to. Changes nothing.
 * @throws ZonerError REGISTRY_UNAVAILABLE, REGISTRY_AUTH, REGISTRY_REFUSED
 */
export async function readActual(
  client: RegistryClient,
  types: readonly RegisteredType[],
): Promise<ReadonlyMap<string, ActualSubject>> {
  const actual = new Map<string, ActualSubject>();
  const versions = new Map<string, RegisteredVersion>();
  for (const type of types) {
    const { subject } = type;
    const [level, registered] = await Promise.all([
      client.level(subject),
      lookUpType(client, type, versions),
    ]);
    if (registered !== null) versions.set(type.fullName, registered);
    actual.set(subject, { subject, level, registered });
  }
  return actual;
}

/**
 * Where exactly this type is registered; null if it is not, or if a type that it refers to is not.
 * @param versions of the types it refers to, by full name
 */
export async function lookUpType(
  client: RegistryClient,
  type: SchemaText,
  versions: ReadonlyMap<string, RegisteredVersion>,
): Promise<RegisteredVersion | null> {
  const references = referencesOf(type, versions);
  return references === null ? null : client.lookUp(type.subject, type.text, references);
}

/** The type's references with their versions; null if one of them has no version yet. */
export function referencesOf(
  type: Pick<SchemaText, 'references'>,
  versions: ReadonlyMap<string, RegisteredVersion>,
): readonly Reference[] | null {
  const references: Reference[] = [];
  for (const name of type.references) {
    const found = versions.get(name);
    if (found === undefined) return null;
    references.push({ name, subject: found.subject, version: found.version });
  }
  return references;
}
