import { isZonerError } from '#core/errors.ts';
import type { RegistryClient } from '#registry/client.ts';

/** Texts that outlive the process, by name. */
export interface SnapshotFiles {
  /** Null if there is none, or none that can be read. */
  read(name: string): Promise<string | null>;
  /** Whole or not at all. */
  write(name: string, text: string): Promise<void>;
}

export type SchemaReads = Pick<RegistryClient, 'schemaById' | 'subjectsOfId' | 'versionSchema'>;

/**
 * A registry whose answers are remembered beyond the process: while the real one is unavailable, what it said before is
 * said again, so that a consumer that starts during an outage still reads every record whose schema it has met before.
 * What ids and versions mean never changes; which subjects an id has may grow meanwhile. The registry is always asked
 * first, and an answer that it did not give is never remembered, nor is that something is missing.
 */
export function withSnapshot(client: SchemaReads, files: SnapshotFiles): SchemaReads {
  const remember = async <Answer>(
    name: string,
    question: () => Promise<Answer | null>,
  ): Promise<Answer | null> => {
    let answer: Answer | null;
    try {
      answer = await question();
    } catch (error) {
      if (!isZonerError(error, 'REGISTRY_UNAVAILABLE')) throw error;
      const said = parsed<Answer>(await files.read(name));
      if (said === null) throw error;
      return said;
    }
    if (answer !== null) await files.write(name, JSON.stringify(answer));
    return answer;
  };
  return {
    schemaById: (id) => remember(`schema-${id}`, () => client.schemaById(id)),
    subjectsOfId: (id) => remember(`subjects-${id}`, () => client.subjectsOfId(id)),
    versionSchema: (subject, version) => {
      const question = () => client.versionSchema(subject, version);
      // What is the latest changes; a number does not.
      if (version === 'latest') return question();
      return remember(`version-${version}-${encodeURIComponent(subject)}`, question);
    },
  };
}

/** Files that this function did not write, or wrote half, count as none. */
function parsed<Answer>(text: string | null): Answer | null {
  if (text === null) return null;
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' ? (found as Answer) : null;
  } catch {
    return null;
  }
}
