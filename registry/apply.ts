import { isZonerError, ZonerError } from '#core/errors.ts';
import { lookUpType, readActual, referencesOf } from '#registry/actual.ts';
import type { RegisteredVersion, RegistryClient } from '#registry/client.ts';
import type { DesiredSubject } from '#registry/desired.ts';
import { planRegistry, type RegistryChange } from '#registry/plan.ts';

/** Reads the registry and plans; changes nothing. @throws ZonerError as the client */
export async function readRegistryPlan(
  client: RegistryClient,
  desired: readonly DesiredSubject[],
): Promise<readonly RegistryChange[]> {
  return planRegistry(desired, await readActual(client, desired));
}

/**
 * Makes a plan's changes in their order. Safe to repeat, and to run twice at once: what is there already stays as it is.
 * @param desired all of it, for the versions of types that need no change themselves
 * @param onChange told after each change that was made
 * @returns what the registry holds of each desired subject afterwards
 * @throws ZonerError REGISTRY_REFUSED with the registry's reasons, REGISTRY_UNAVAILABLE, REGISTRY_AUTH
 */
export async function applyRegistry(
  client: RegistryClient,
  changes: readonly RegistryChange[],
  desired: readonly DesiredSubject[],
  onChange: (change: RegistryChange) => void = () => undefined,
): Promise<ReadonlyMap<string, RegisteredVersion>> {
  for (const change of changes) {
    if (change.kind !== 'set-level') continue;
    await setLevel(client, change.subject, change.level);
    onChange(change);
  }
  const registrations = new Map(
    changes.flatMap((change) => (change.kind === 'register' ? [[change.subject, change] as const] : [])),
  );
  const versions = new Map<string, RegisteredVersion>();
  const held = new Map<string, RegisteredVersion>();
  for (const type of desired) {
    const change = registrations.get(type.subject);
    const version = await (change === undefined ? settled : registered)(client, type, versions);
    versions.set(type.fullName, version);
    held.set(type.subject, version);
    if (change !== undefined) onChange(change);
  }
  return held;
}

/** Apicurio refuses the slower of two that give a subject its first level at once; then the level is there. */
async function setLevel(
  client: RegistryClient,
  subject: string,
  level: DesiredSubject['level'],
): Promise<void> {
  try {
    await client.setLevel(subject, level);
  } catch (error) {
    if (!isZonerError(error, 'REGISTRY_REFUSED') || (await client.level(subject)) !== level) throw error;
  }
}

type Versions = ReadonlyMap<string, RegisteredVersion>;

async function settled(
  client: RegistryClient,
  type: DesiredSubject,
  versions: Versions,
): Promise<RegisteredVersion> {
  const found = await lookUpType(client, type, versions);
  // The registry changed since the plan, or a type that this one refers to just got a new version.
  return found ?? registered(client, type, versions);
}

/** Registers and asks for the version: the registry's answer to a registration holds only the id. */
async function registered(
  client: RegistryClient,
  type: DesiredSubject,
  versions: Versions,
): Promise<RegisteredVersion> {
  const references = referencesOf(type, versions);
  if (references === null) throw new Error(`${type.subject} comes before a type that it refers to`);
  const refusal = await client.register(type.subject, type.text, references).then(
    () => null,
    (error: unknown) => error,
  );
  // A refused registration may have lost a race against the same one, which this lookup then finds.
  const version = await client.lookUp(type.subject, type.text, references);
  if (version === null && refusal !== null) throw refusal;
  if (version === null) {
    const message = `The registry took ${type.subject} and does not find it again.`;
    throw new ZonerError('REGISTRY_UNAVAILABLE', message, { remedy: 'Apply once more.' });
  }
  return version;
}
