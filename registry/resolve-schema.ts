import type { AvroSchema, NamedSchema } from '#avro/model.ts';
import { namedTypesOf } from '#avro/named-types.ts';
import { parseSchema } from '#avro/parse.ts';
import { isZonerError } from '#core/errors.ts';
import type { RegisteredText, RegistryClient } from '#registry/client.ts';

export type ResolvedSchema =
  | { readonly kind: 'schema'; readonly schema: AvroSchema }
  /** `passing`: a reference is missing, which may be there a moment later; else the text itself is the reason. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly passing: boolean };

/**
 * Parses a registered text together with all that it refers to.
 * @throws ZonerError REGISTRY_UNAVAILABLE, REGISTRY_AUTH
 */
export async function resolveSchema(
  client: Pick<RegistryClient, 'versionSchema'>,
  registered: RegisteredText,
): Promise<ResolvedSchema> {
  const known = new Map<string, NamedSchema>();
  const problem = await addReferences(client, registered, known, new Set());
  return problem ?? parse(registered, known);
}

/** Adds the types of all references, deepest first; answers what is wrong with one of them, or null. */
async function addReferences(
  client: Pick<RegistryClient, 'versionSchema'>,
  { references }: RegisteredText,
  known: Map<string, NamedSchema>,
  visited: Set<string>,
): Promise<ResolvedSchema | null> {
  for (const { subject, version } of references) {
    const key = `${version}/${subject}`;
    if (visited.has(key)) continue;
    visited.add(key);
    const registered = await client.versionSchema(subject, version);
    if (registered === null) {
      return { kind: 'unreadable', reason: `version ${version} of ${subject} is missing`, passing: true };
    }
    const problem = await addReferences(client, registered, known, visited);
    if (problem !== null) return problem;
    const resolved = parse(registered, known);
    if (resolved.kind !== 'schema') return resolved;
    for (const type of namedTypesOf(resolved.schema)) known.set(type.fullName, type);
  }
  return null;
}

function parse({ text, type }: RegisteredText, known: ReadonlyMap<string, NamedSchema>): ResolvedSchema {
  if (type !== 'AVRO') return { kind: 'unreadable', reason: `a schema of type ${type}`, passing: false };
  try {
    return { kind: 'schema', schema: parseSchema(text, { known }) };
  } catch (error) {
    if (!isZonerError(error, 'SCHEMA_INVALID')) throw error;
    return { kind: 'unreadable', reason: error.message, passing: false };
  }
}
