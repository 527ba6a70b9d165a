import type { RegistryLock } from '#contract/lock/lock.ts';
import { type HeldSubject, mergeIntoLock } from '#contract/lock/merge-lock.ts';
import type { DesiredSubject } from '#registry/desired.ts';

/** A difference between a registry and what the repository says of it. */
export interface Drift {
  readonly kind: 'level' | 'unknown-version' | 'missing-version' | 'other-id';
  readonly subject: string;
  /** One line for people. */
  readonly description: string;
}

/**
 * What somebody changed in a registry beside the repository. Pure. What the working tree has and nobody registered is no
 * drift; `plan` tells that.
 * @param held what the registry holds of the lock's and the contracts' subjects
 * @throws ZonerError SCHEMA_INVALID if a registered text is not Avro
 */
export function findDrift(
  lock: RegistryLock,
  environment: string,
  held: readonly HeldSubject[],
  desired: readonly DesiredSubject[],
): readonly Drift[] {
  const merged = mergeIntoLock(lock, environment, held);
  const subjects = [...merged.subjects.keys()].sort();
  return subjects.flatMap((subject) => [
    ...levelDrift(subject, held, desired),
    ...versionDrift(subject, lock, merged, environment),
  ]);
}

function levelDrift(
  subject: string,
  held: readonly HeldSubject[],
  desired: readonly DesiredSubject[],
): readonly Drift[] {
  const wanted = desired.find((each) => each.subject === subject)?.level;
  const actual = held.find((each) => each.subject === subject);
  if (wanted === undefined || actual === undefined || actual.versions.length === 0) return [];
  if (actual.level === wanted) return [];
  const is = actual.level ?? "the registry's own";
  return [{ kind: 'level', subject, description: `${subject}: level is ${is}, the contract says ${wanted}` }];
}

function versionDrift(
  subject: string,
  lock: RegistryLock,
  merged: RegistryLock,
  environment: string,
): readonly Drift[] {
  const drift: Drift[] = [];
  const add = (kind: Drift['kind'], text: string): void => {
    drift.push({ kind, subject, description: `${subject}: ${text}` });
  };
  const known = new Set(lock.subjects.get(subject)?.versions.map(({ version }) => version));
  const locked = lock.environments.get(environment)?.get(subject);
  const actual = merged.environments.get(environment)?.get(subject);
  for (const { version } of merged.subjects.get(subject)?.versions ?? []) {
    const [was, is] = [locked?.get(version), actual?.get(version)];
    if (!known.has(version)) add('unknown-version', `id ${is} is registered, and the lock does not know it`);
    else if (was !== undefined && is === undefined)
      add('missing-version', `version ${version} with id ${was} is gone from the registry`);
    else if (was !== undefined && was !== is)
      add('other-id', `version ${version} has id ${is}, the lock says ${was}`);
    else if (was === undefined && is !== undefined && locked !== undefined)
      add('unknown-version', `version ${version} has id ${is}, and the lock has none for ${environment}`);
  }
  return drift;
}
