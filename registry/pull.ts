import { Readable } from 'node:stream';
import type { CompatibilityLevel, Contract } from '#contract/contract.ts';
import type { RegistryLock } from '#contract/lock/lock.ts';
import type { HeldSubject } from '#contract/lock/merge-lock.ts';
import { ZonerError } from '#core/errors.ts';
import type { RegisteredVersion, RegistryClient } from '#registry/client.ts';

type Reader = Pick<RegistryClient, 'level' | 'versions' | 'versionSchema'>;

/** Requests under way at once. */
const MAX_REQUESTS = 8;

const LEVELS: readonly string[] = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] satisfies readonly CompatibilityLevel[];

/** What a lock is about: the subjects of the contracts, those that they accept, and those that it knows already. */
export function subjectsToPull(contracts: readonly Contract[], lock: RegistryLock): readonly string[] {
  const own = contracts.flatMap(({ types, acceptSubjects }) => [
    ...types.map(({ subject }) => subject),
    ...acceptSubjects,
  ]);
  return [...new Set([...own, ...lock.subjects.keys()])].sort();
}

export interface HistoryOptions {
  /** Told after each version that was read. */
  readonly onVersion?: (version: RegisteredVersion) => void;
  /** Leaves out schemas that are not Avro, instead of refusing them. */
  readonly skipOthers?: boolean;
}

/**
 * Reads every version of these subjects, and of those that they refer to. Changes nothing. A subject that the registry
 * does not have has no versions.
 * @throws ZonerError REGISTRY_UNAVAILABLE, REGISTRY_AUTH, REGISTRY_REFUSED
 */
export async function readHistory(
  client: Reader,
  subjects: readonly string[],
  options: HistoryOptions = {},
): Promise<readonly HeldSubject[]> {
  const held = new Map<string, HeldSubject>();
  let wanted: readonly string[] = subjects;
  while (wanted.length > 0) {
    const read = await inParallel(wanted, (subject) => readSubject(client, subject, options));
    for (const each of read) held.set(each.subject, each);
    const referred = read.flatMap(({ versions }) => versions.flatMap(({ references }) => references));
    wanted = [...new Set(referred.map(({ subject }) => subject))].filter((subject) => !held.has(subject));
  }
  return [...held.values()];
}

async function readSubject(
  client: Reader,
  subject: string,
  { onVersion, skipOthers = false }: HistoryOptions,
): Promise<HeldSubject> {
  const numbers = ((await client.versions(subject)) ?? []).toSorted((a, b) => a - b);
  const versions: RegisteredVersion[] = [];
  for (const number of numbers) {
    const version = await client.versionSchema(subject, number);
    // Deleted between the two requests.
    if (version === null) continue;
    if (skipOthers && version.type !== 'AVRO') continue;
    requireAvro(version);
    versions.push(version);
    onVersion?.(version);
  }
  return { subject, level: numbers.length === 0 ? null : levelOf(await client.level(subject)), versions };
}

function requireAvro({ subject, version, type }: RegisteredVersion): void {
  if (type === 'AVRO') return;
  throw new ZonerError('REGISTRY_REFUSED', `Version ${version} of ${subject} is a schema of type ${type}.`, {
    remedy: 'Zoner reads Avro. Give the contract another topic, or delete that version.',
  });
}

/** A level that Zoner does not know is one that it cannot keep: the subject then has none. */
export function levelOf(level: string | null): CompatibilityLevel | null {
  return level !== null && LEVELS.includes(level) ? (level as CompatibilityLevel) : null;
}

async function inParallel<In, Out>(
  items: readonly In[],
  work: (item: In) => Promise<Out>,
): Promise<readonly Out[]> {
  return Readable.from(items).map(work, { concurrency: MAX_REQUESTS }).toArray();
}
