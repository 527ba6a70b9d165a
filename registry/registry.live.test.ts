import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { applyRegistry, readRegistryPlan } from '#registry/apply.ts';
import { createRegistryClient } from '#registry/client.ts';
import type { DesiredSubject } from '#registry/desired.ts';
import { createSchemaIds } from '#registry/schema-ids.ts';
import { createSchemaStore } from '#registry/schema-store.ts';
import { liveConfig } from '#stack/live-environment.ts';

const { registry: config } = liveConfig();
const client = createRegistryClient(config);

const record = (name: string, fields: unknown[]): string =>
  JSON.stringify({ type: 'record', name, namespace: 'live', fields }, null, 2);
const level = 'BACKWARD_TRANSITIVE';

let run = '';
beforeEach(() => {
  run = randomUUID();
});

/** `Day` refers to `Meal`. Each run has its own subjects; the texts are the same in all of them. */
function subjects(mealFields: unknown[] = [{ name: 'size', type: 'int' }]): [DesiredSubject, DesiredSubject] {
  const type = (name: string, text: string, references: string[]): DesiredSubject => ({
    subject: `${run}.${name}`,
    fullName: `live.${name}`,
    text,
    references,
    file: `live/${name}.avsc`,
    level,
  });
  return [
    type('Meal', record('Meal', mealFields), []),
    type('Day', record('Day', [{ name: 'meal', type: 'live.Meal' }]), ['live.Meal']),
  ];
}

async function apply(desired: readonly DesiredSubject[]) {
  return applyRegistry(client, await readRegistryPlan(client, desired), desired);
}

describe('plan and apply against the real registry', () => {
  test('levels are set before the subjects exist, and are enforced from the first version on', async () => {
    const desired = subjects();
    const plan = await readRegistryPlan(client, desired);
    expect(plan.map(({ kind }) => kind)).toEqual(['set-level', 'set-level', 'register', 'register']);
    await applyRegistry(client, plan.slice(0, 2), []);
    expect(await client.level(desired[0].subject)).toBe(level);
    expect(await client.versions(desired[0].subject)).toBeNull();
    await applyRegistry(client, plan.slice(2), desired);
    expect(await client.level(desired[0].subject)).toBe(level);
    const breaking = record('Meal', [{ name: 'other', type: 'string' }]);
    await expect(client.register(desired[0].subject, breaking, [])).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
    });
  });

  test('applying twice changes nothing, and several at once do no harm', async () => {
    const desired = subjects();
    const held = await Promise.all([apply(desired), apply(desired), apply(desired)]);
    expect(held).toEqual([held[0], held[0], held[0]]);
    expect(await readRegistryPlan(client, desired)).toEqual([]);
    expect(await client.versions(desired[1].subject)).toEqual([1]);
  });

  test('planning writes nothing', async () => {
    const desired = subjects();
    await readRegistryPlan(client, desired);
    expect(await client.level(desired[0].subject)).toBeNull();
    expect(await client.versions(desired[0].subject)).toBeNull();
  });

  test('a changed type is registered together with what refers to it, under the new version', async () => {
    await apply(subjects());
    const desired = subjects([
      { name: 'size', type: 'int' },
      { name: 'hot', type: 'boolean', default: false },
    ]);
    const plan = await readRegistryPlan(client, desired);
    expect(plan.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['register', desired[0].subject],
      ['register', desired[1].subject],
    ]);
    const held = await applyRegistry(client, plan, desired);
    expect(held.get(desired[1].subject)?.references).toEqual([
      { name: 'live.Meal', subject: desired[0].subject, version: 2 },
    ]);
    expect(await readRegistryPlan(client, desired)).toEqual([]);
  });

  test('white space does not make a new version', async () => {
    await apply(subjects());
    const [meal, day] = subjects();
    const compact = (type: DesiredSubject) => ({ ...type, text: JSON.stringify(JSON.parse(type.text)) });
    expect(await readRegistryPlan(client, [compact(meal), compact(day)])).toEqual([]);
  });
});

describe('writer schemas from the real registry', () => {
  test('an id gives its schema with references resolved, and its subjects', async () => {
    const desired = subjects();
    const held = await apply(desired);
    const id = held.get(desired[1].subject)?.id ?? 0;
    const store = createSchemaStore(client);
    const accepted = new Set([desired[1].subject]);
    const answer = (await store.lookUp([id], accepted)).get(id);
    expect(answer).toMatchObject({
      kind: 'schema',
      schema: { fullName: 'live.Day', fields: [{ schema: { fullName: 'live.Meal' } }] },
      subjects: expect.arrayContaining([desired[1].subject]),
    });
  });

  test('an id that nobody registered is unknown', async () => {
    const id = 2_000_000_011;
    expect((await createSchemaStore(client).lookUp([id])).get(id)).toEqual({ kind: 'unknown' });
  });
});

describe('schema ids from the real registry', () => {
  const ids = createSchemaIds(config);

  test('a schema with references has the id under which it was registered', async () => {
    const desired = subjects();
    const held = await apply(desired);
    for (const [at, type] of desired.entries()) {
      const id = await ids.idOf(desired.slice(0, at + 1));
      expect(id).toBe(held.get(type.subject)?.id);
    }
  });

  test('a producer of an older version gets the id of its own version', async () => {
    const older = subjects();
    const held = await apply(older);
    const newer = subjects([
      { name: 'size', type: 'int' },
      { name: 'hot', type: 'boolean', default: false },
    ]);
    const heldNow = await apply(newer);
    const [, day] = older;
    const id = await ids.idOf(older);
    expect(id).toBe(held.get(day.subject)?.id);
    expect(id).not.toBe(heldNow.get(day.subject)?.id);
  });

  test('what is not registered is named as such, and stays so', async () => {
    const desired = subjects();
    const [meal] = desired;
    for (const types of [[meal], desired])
      await expect(ids.idOf(types)).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
    expect(await client.versions(meal.subject)).toBeNull();
  });
});
