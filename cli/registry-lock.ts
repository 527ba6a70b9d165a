import { LOCAL } from '#cli/settings.ts';
import type { Contract } from '#contract/contract.ts';
import { EMPTY_LOCK, LOCK_FILE, type RegistryLock } from '#contract/lock/lock.ts';
import { readLock, writeLock } from '#contract/lock/lock-file.ts';
import { mergeIntoLock } from '#contract/lock/merge-lock.ts';
import { ZonerError } from '#core/errors.ts';
import type { RegistryClient } from '#registry/client.ts';
import { readHistory, subjectsToPull } from '#registry/pull.ts';

export interface Pulled {
  readonly lock: RegistryLock;
  /** Versions that the environment's registry holds. */
  readonly versions: number;
  /** Versions that the lock did not have. */
  readonly added: number;
  readonly changed: boolean;
}

/**
 * Reads what a registry holds into the lock of a schemas folder.
 * @param onVersion told how many versions were read so far
 * @throws ZonerError USAGE for the environment `local`, LOCK_INVALID, SCHEMA_INVALID, and as the client
 */
export async function pullLock(
  client: RegistryClient,
  environment: string,
  directory: string,
  contracts: readonly Contract[],
  onVersion: (read: number) => void = () => undefined,
): Promise<Pulled> {
  requireNamed(environment);
  const before = (await readLock(directory)) ?? EMPTY_LOCK;
  let versions = 0;
  const held = await readHistory(client, subjectsToPull(contracts, before), {
    onVersion: () => {
      versions += 1;
      onVersion(versions);
    },
  });
  const lock = mergeIntoLock(before, environment, held);
  const changed = await writeLock(directory, lock);
  return { lock, versions, added: countVersions(lock) - countVersions(before), changed };
}

/** @throws ZonerError USAGE */
export function requireNamed(environment: string): void {
  if (environment !== LOCAL) return;
  throw new ZonerError(
    'USAGE',
    `${LOCK_FILE} is shared by a team; the registry of the environment local is of this machine alone`,
    { remedy: 'Name an environment that others have too: --env NAME reads .env.NAME.' },
  );
}

function countVersions({ subjects }: RegistryLock): number {
  return [...subjects.values()].reduce((sum, { versions }) => sum + versions.length, 0);
}
