import { contractsBaseline } from '#check/baseline/contracts.ts';
import { lockedBaseline } from '#check/baseline/locked.ts';
import type { Baseline } from '#check/judge-contract.ts';
import { contractsFolder } from '#cli/options.ts';
import { LOCAL, loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import type { Contract } from '#contract/contract.ts';
import { contractsIn } from '#contract/load.ts';
import { EMPTY_LOCK, LOCK_FILE, type RegistryLock } from '#contract/lock/lock.ts';
import { readLock } from '#contract/lock/lock-file.ts';
import { mergeIntoLock } from '#contract/lock/merge-lock.ts';
import { readGitFolders } from '#contract/read-git.ts';
import { isZonerError, ZonerError } from '#core/errors.ts';
import { createRegistryClient, type RegistryClient } from '#registry/client.ts';
import { readHistory, subjectsToPull } from '#registry/pull.ts';

export interface BaselineOptions {
  readonly schemas: string;
  readonly env?: string;
  readonly base?: string;
  readonly registry?: true;
}

export interface FoundBaseline {
  readonly baseline: Baseline;
  /** What a person should know of the comparison itself. */
  readonly notes: ReadonlyMap<string, readonly string[]>;
}

const NO_NOTES: FoundBaseline['notes'] = new Map();

/**
 * What the working tree is compared with: another state of the files, a registry, or the lock.
 * @throws ZonerError USAGE, LOCK_MISSING, GIT_UNAVAILABLE, and as the registry's client
 */
export async function findBaseline(
  shell: Shell,
  options: BaselineOptions,
  contracts: readonly Contract[],
): Promise<FoundBaseline> {
  if (options.base !== undefined && options.registry)
    throw new ZonerError('USAGE', 'name one of --base and --registry');
  const folder = contractsFolder(shell, options);
  if (options.base !== undefined) return gitBaseline(folder, options.base, contracts);
  const lock = await readLock(folder);
  if (options.registry) return registryBaseline(shell, options.env ?? LOCAL, contracts, lock);
  if (lock === null) {
    throw new ZonerError('LOCK_MISSING', `there is no ${options.schemas}/${LOCK_FILE} to compare with`, {
      remedy: `Run: zoner registry pull --env NAME; or compare with git: zoner check --base origin/main`,
    });
  }
  return { baseline: lockedBaseline(lock, options.env ?? null, 'the lock'), notes: NO_NOTES };
}

async function gitBaseline(
  folder: string,
  revision: string,
  contracts: readonly Contract[],
): Promise<FoundBaseline> {
  const { commit, folders } = await readGitFolders(folder, revision);
  const label = `${revision} (${commit})`;
  const before = folders.length === 0 ? [] : loadBase(folders, label);
  const notes = new Map<string, readonly string[]>();
  for (const { name, compatibility } of contracts) {
    const was = before.find((each) => each.name === name)?.compatibility ?? compatibility;
    if (was !== compatibility)
      notes.set(name, [`The level was ${was} at ${label}; this check keeps ${compatibility}.`]);
  }
  const gone = before.filter(({ name }) => contracts.every((each) => each.name !== name));
  for (const { name, topic } of gone)
    notes.set(name, [`The contract was removed; its topic ${topic}, subjects and table stay as they are.`]);
  return { baseline: contractsBaseline(before, label), notes };
}

/** A base that Zoner cannot read leaves nothing to judge by; that is not the fault of the working tree. */
function loadBase(folders: Parameters<typeof contractsIn>[0], label: string): readonly Contract[] {
  try {
    return contractsIn(folders, label).map(({ contract }) => contract);
  } catch (error) {
    if (!isZonerError(error)) throw error;
    throw new ZonerError('GIT_UNAVAILABLE', `the contracts at ${label} do not load:\n${error.message}`, {
      cause: error,
      remedy: 'Compare with a commit whose contracts are in order.',
    });
  }
}

async function registryBaseline(
  shell: Shell,
  env: string,
  contracts: readonly Contract[],
  lock: RegistryLock | null,
): Promise<FoundBaseline> {
  const client = createRegistryClient(loadSettings(shell, env).registry);
  const actual = await readRegistryLock(client, env, contracts);
  const notes = new Map<string, readonly string[]>();
  if (lock !== null) {
    for (const { name, types } of contracts) {
      const missing = types.flatMap(({ subject }) => missingVersions(subject, actual, lock));
      if (missing.length > 0)
        notes.set(name, [
          `The lock is older than the registry: it lacks ${missing.join(', ')}. Run: zoner registry pull --env ${env}`,
        ]);
    }
  }
  return { baseline: registryAsBaseline(actual, env), notes };
}

/** What a registry holds of these contracts, as a lock of its own. @throws ZonerError as the client */
export async function readRegistryLock(
  client: RegistryClient,
  env: string,
  contracts: readonly Contract[],
): Promise<RegistryLock> {
  return mergeIntoLock(EMPTY_LOCK, env, await readHistory(client, subjectsToPull(contracts, EMPTY_LOCK)));
}

export function registryAsBaseline(held: RegistryLock, env: string): Baseline {
  return lockedBaseline(held, env, `the registry of ${env}`);
}

function missingVersions(subject: string, actual: RegistryLock, lock: RegistryLock): readonly string[] {
  const known = new Set(lock.subjects.get(subject)?.versions.map(({ fingerprint }) => fingerprint));
  const held = actual.subjects.get(subject)?.versions ?? [];
  return held
    .filter(({ fingerprint }) => !known.has(fingerprint))
    .map(({ version }) => `version ${version} of ${subject}`);
}
