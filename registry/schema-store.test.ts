import { expect, test } from 'vitest';
import { ZonerError } from '#core/errors.ts';
import type { RegisteredText, RegisteredVersion, SubjectVersion } from '#registry/client.ts';
import { createSchemaStore } from '#registry/schema-store.ts';

const MEAL =
  '{"type":"record","name":"Meal","namespace":"x","fields":[{"name":"size","type":{"type":"enum","name":"Size","symbols":["S"]}}]}';
const DAY =
  '{"type":"record","name":"Day","namespace":"x","fields":[{"name":"meal","type":"x.Meal"},{"name":"size","type":"x.Size"}]}';
const text = (
  schema: string,
  references: RegisteredText['references'] = [],
  type = 'AVRO',
): RegisteredText => ({
  text: schema,
  type,
  references,
});

/** A registry in memory that counts what it is asked. */
function registry() {
  const schemas = new Map<number, RegisteredText>();
  const subjects = new Map<number, SubjectVersion[]>();
  const asked: string[] = [];
  const state = { down: false, clock: 0, concurrent: 0, peak: 0 };
  const ask = async <Answer>(what: string, answer: Answer): Promise<Answer> => {
    asked.push(what);
    state.concurrent += 1;
    state.peak = Math.max(state.peak, state.concurrent);
    await Promise.resolve();
    state.concurrent -= 1;
    if (state.down) throw new ZonerError('REGISTRY_UNAVAILABLE', 'down');
    return answer;
  };
  const client = {
    schemaById: (id: number) => ask(`schema ${id}`, schemas.get(id) ?? null),
    subjectsOfId: (id: number) => ask(`subjects ${id}`, subjects.get(id) ?? null),
    versionSchema: (subject: string, version: number | 'latest'): Promise<RegisteredVersion | null> => {
      const found = [...subjects].find(([, all]) =>
        all.some((each) => each.subject === subject && each.version === version),
      );
      const schema = found === undefined ? undefined : schemas.get(found[0]);
      const answer =
        found === undefined || schema === undefined
          ? null
          : { ...schema, id: found[0], subject, version: Number(version) };
      return ask(`version ${subject} ${version}`, answer);
    },
  };
  const put = (id: number, schema: RegisteredText, subject: string, version = 1): void => {
    schemas.set(id, schema);
    subjects.set(id, [...(subjects.get(id) ?? []), { subject, version }]);
  };
  const results: string[] = [];
  const onLookup = (result: string): void => void results.push(result);
  const store = createSchemaStore(client, { now: () => state.clock, onLookup });
  return { client, store, put, asked, state, results };
}

test('each id of a batch is told once, as a hit or as a miss', async () => {
  const { store, put, results } = registry();
  put(1, text('"string"'), 's-value');
  await store.lookUp([1, 1]);
  await store.lookUp([1, 2]);
  await store.lookUp([2]);
  expect(results).toEqual(['miss', 'hit', 'miss', 'hit']);
});

test('a warm id costs no request, however often and however late it is asked for', async () => {
  const { store, put, asked, state } = registry();
  put(1, text('"string"'), 's-value');
  const accepted = new Set(['s-value']);
  const first = await store.lookUp([1], accepted);
  expect(asked).toEqual(['schema 1', 'subjects 1']);
  state.clock += 86_400_000;
  state.down = true;
  expect(await store.lookUp([1, 1], accepted)).toEqual(first);
  expect(first.get(1)).toMatchObject({ kind: 'schema', subjects: ['s-value'], schema: { type: 'string' } });
  expect(asked).toHaveLength(2);
});

test('many who wait for one id share one request and one schema', async () => {
  const { store, put, asked } = registry();
  put(1, text(MEAL), 's-value');
  const answers = await Promise.all(Array.from({ length: 50 }, () => store.lookUp([1])));
  expect(asked).toEqual(['schema 1', 'subjects 1']);
  expect(new Set(answers.map((answer) => answer.get(1))).size).toBe(1);
});

test('references are resolved, with the types inside them', async () => {
  const { store, put } = registry();
  put(1, text(MEAL), 'x.Meal');
  put(2, text(DAY, [{ name: 'x.Meal', subject: 'x.Meal', version: 1 }]), 'day-value');
  const answer = (await store.lookUp([2])).get(2);
  expect(answer).toMatchObject({
    kind: 'schema',
    schema: { fields: [{ schema: { fullName: 'x.Meal' } }, { schema: { fullName: 'x.Size' } }] },
  });
});

test('an unknown id is believed for ten seconds and then asked for again', async () => {
  const { store, put, asked, state } = registry();
  expect((await store.lookUp([9])).get(9)).toEqual({ kind: 'unknown' });
  put(9, text('"string"'), 's-value');
  state.clock += 9999;
  expect((await store.lookUp([9])).get(9)).toEqual({ kind: 'unknown' });
  expect(asked).toEqual(['schema 9']);
  state.clock += 1;
  expect((await store.lookUp([9])).get(9)).toMatchObject({ kind: 'schema' });
});

test('ids that no registry can have are unknown without a request', async () => {
  const { store, asked } = registry();
  const answers = await store.lookUp([0, -5, 2 ** 31, 2 ** 32 - 1]);
  expect([...answers.values()].every(({ kind }) => kind === 'unknown')).toBe(true);
  expect(asked).toEqual([]);
});

test('an outage is no answer, and the next try asks again', async () => {
  const { store, put, state } = registry();
  put(1, text('"string"'), 's-value');
  state.down = true;
  await expect(store.lookUp([1])).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  state.down = false;
  expect((await store.lookUp([1])).get(1)).toMatchObject({ kind: 'schema' });
});

test('subjects without an accepted one are asked for again after half a minute', async () => {
  const { store, put, asked, state } = registry();
  put(1, text('"string"'), 'other-value');
  const accepted = new Set(['s-value']);
  expect((await store.lookUp([1], accepted)).get(1)).toMatchObject({ subjects: ['other-value'] });
  put(1, text('"string"'), 's-value');
  state.clock += 30_000;
  expect((await store.lookUp([1], accepted)).get(1)).toMatchObject({ subjects: ['other-value'] });
  state.clock += 1;
  expect((await store.lookUp([1], accepted)).get(1)).toMatchObject({ subjects: ['other-value', 's-value'] });
  expect(asked).toEqual(['schema 1', 'subjects 1', 'subjects 1']);
});

test.each([
  ['text that is no Avro schema', text('{"type":"nonsense"}')],
  ['a JSON schema', text('{"type":"object"}', [], 'JSON')],
])('%s is unreadable, with the reason, and stays so', async (_, schema) => {
  const { store, put, asked } = registry();
  put(1, schema, 's-value');
  expect((await store.lookUp([1])).get(1)).toMatchObject({ kind: 'unreadable' });
  await store.lookUp([1]);
  expect(asked).toHaveLength(2);
});

test('a missing reference is unreadable only until it is there', async () => {
  const { store, put, state } = registry();
  put(2, text(DAY, [{ name: 'x.Meal', subject: 'x.Meal', version: 1 }]), 'day-value');
  expect((await store.lookUp([2])).get(2)).toMatchObject({ kind: 'unreadable' });
  put(1, text(MEAL), 'x.Meal');
  state.clock += 10_000;
  expect((await store.lookUp([2])).get(2)).toMatchObject({ kind: 'schema' });
});

test('what is kept is bounded: the schema, and the absence, that nobody has asked for longest is forgotten', async () => {
  const { client, put, asked } = registry();
  const store = createSchemaStore(client, { maxEntries: 2, now: () => 0 });
  for (const id of [1, 2, 3]) put(id, text('"string"'), 's-value');
  for (const id of [1, 2, 3, 91, 92, 93]) await store.lookUp([id]);
  asked.length = 0;
  await store.lookUp([2, 3, 92, 93]);
  expect(asked).toEqual([]);
  await store.lookUp([1]);
  await store.lookUp([91]);
  expect(asked).toEqual(['schema 1', 'subjects 1', 'schema 91']);
});

test('a batch of garbage ids is asked for a few at a time', async () => {
  const { store, state, asked } = registry();
  await store.lookUp(Array.from({ length: 200 }, (_, index) => index + 1));
  expect(asked).toHaveLength(200);
  expect(state.peak).toBeLessThanOrEqual(8);
});
