import { expect, test } from 'vitest';
import { ZonerError } from '#core/errors.ts';
import { applyRegistry, readRegistryPlan } from '#registry/apply.ts';
import type { Reference, RegisteredVersion } from '#registry/client.ts';
import type { DesiredSubject } from '#registry/desired.ts';

const type = (name: string, references: string[] = []): DesiredSubject => ({
  subject: name,
  fullName: name,
  text: `"${name}"`,
  references,
  file: `x/${name}.avsc`,
  level: 'FULL',
});
const desired = [type('Meal'), type('Day', ['Meal'])];

/** A registry in memory; `others` does what somebody else does at the same moment, just before a write. */
function registry(
  others: (registry: { levels: Map<string, string>; versions: RegisteredVersion[] }) => void,
) {
  const state = { levels: new Map<string, string>(), versions: [] as RegisteredVersion[] };
  const writes: string[] = [];
  const refuse = (message: string): never => {
    throw new ZonerError('REGISTRY_REFUSED', message);
  };
  const unused = () => Promise.reject(new Error('not asked'));
  const client = {
    subjects: unused,
    schemaById: unused,
    subjectsOfId: unused,
    versions: unused,
    globalLevel: unused,
    versionSchema: unused,
    level: async (subject: string) => state.levels.get(subject) ?? null,
    async setLevel(subject: string, level: string) {
      others(state);
      if (state.levels.has(subject)) refuse('a rule exists already');
      state.levels.set(subject, level);
      writes.push(`level ${subject}`);
    },
    lookUp: async (subject: string, text: string) =>
      state.versions.find((each) => each.subject === subject && each.text === text) ?? null,
    async register(subject: string, text: string, references: readonly Reference[]) {
      others(state);
      if (state.versions.some((each) => each.subject === subject)) refuse('lost a race');
      const id = state.versions.length + 1;
      state.versions.push({ subject, text, references, type: 'AVRO', version: 1, id });
      writes.push(`register ${subject}`);
      return id;
    },
  };
  return { client, state, writes };
}

test('levels are set first, then the schemas, with the versions of what they refer to', async () => {
  const { client, writes } = registry(() => undefined);
  const held = await applyRegistry(client, await readRegistryPlan(client, desired), desired);
  expect(writes).toEqual(['level Meal', 'level Day', 'register Meal', 'register Day']);
  expect(held.get('Day')?.references).toEqual([{ name: 'Meal', subject: 'Meal', version: 1 }]);
  expect(await readRegistryPlan(client, desired)).toEqual([]);
});

test('whoever loses a race against the same change is content', async () => {
  const meal = { subject: 'Meal', text: '"Meal"', references: [], type: 'AVRO', version: 1, id: 7 };
  const { client } = registry(({ levels, versions }) => {
    levels.set('Meal', 'FULL');
    if (versions.length === 0) versions.push(meal);
  });
  const plan = await readRegistryPlan(client, desired);
  const held = await applyRegistry(client, plan, desired);
  expect(held.get('Meal')?.id).toBe(7);
});

test('a refusal without such a race ends the apply', async () => {
  const other = registry(({ levels }) => levels.set('Meal', 'NONE'));
  const plan = await readRegistryPlan(other.client, desired);
  await expect(applyRegistry(other.client, plan, desired)).rejects.toMatchObject({
    code: 'REGISTRY_REFUSED',
  });
  const different = registry(({ versions }) =>
    versions.push({ subject: 'Meal', text: '"other"', references: [], type: 'AVRO', version: 1, id: 1 }),
  );
  const changes = (await readRegistryPlan(different.client, desired)).filter(
    ({ kind }) => kind === 'register',
  );
  await expect(applyRegistry(different.client, changes, desired)).rejects.toMatchObject({
    message: 'lost a race',
  });
});
