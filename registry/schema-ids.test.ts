import { afterEach, expect, test } from 'vitest';
import type { SchemaText } from '#contract/contract.ts';
import type { RegistryConfig } from '#core/config.ts';
import { createSchemaIds } from '#registry/schema-ids.ts';
import { type Reply, type SeenRequest, startTestServer, type TestServer } from '#registry/test-server.ts';

const MEAL: SchemaText = {
  subject: 'x.Meal',
  fullName: 'x.Meal',
  text: '{"type":"record","name":"Meal","namespace":"x","fields":[]}',
  references: [],
};
const DAY = '{"type":"record","name":"Day","namespace":"x","fields":[{"name":"meal","type":"x.Meal"}]}';
const ALONE = [{ ...MEAL, subject: 'meal-value' }];
const WITH_MEAL = [MEAL, { subject: 'day-value', fullName: 'x.Day', text: DAY, references: ['x.Meal'] }];
const found = (subject: string, id: number, version: number): Reply => ({
  status: 200,
  body: { subject, id, version, schema: '{}' },
});
const absent: Reply = { status: 404, body: { error_code: 40403, message: 'Schema not found' } };

let server: TestServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function idsOf(reply: (request: SeenRequest) => Reply, auth: RegistryConfig['auth'] = null) {
  server = await startTestServer(reply);
  return createSchemaIds({ url: server.url, auth, caPath: null }, { timeoutMs: 200 });
}

test('the id is that of the schema with references to the registered versions', async () => {
  const ids = await idsOf(({ path }) =>
    path === '/subjects/x.Meal' ? found('x.Meal', 3, 2) : found('day-value', 7, 1),
  );
  expect(await ids.idOf(WITH_MEAL)).toBe(7);
  const last = server?.seen.at(-1);
  expect(last?.path).toBe('/subjects/day-value');
  expect(last?.body).toEqual({
    schema: DAY,
    references: [{ name: 'x.Meal', subject: 'x.Meal', version: 2 }],
  });
  expect(server?.seen).toHaveLength(2);
});

test('a schema or a referenced type that is not registered is named as such', async () => {
  const ids = await idsOf(() => absent);
  await expect(ids.idOf(ALONE)).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
  await expect(ids.idOf(WITH_MEAL)).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
});

test.each<[string, Reply, string]>([
  ['a silent server', 'hang', 'REGISTRY_UNAVAILABLE'],
  ['a cut connection', 'reset', 'REGISTRY_UNAVAILABLE'],
  ['500', { status: 500, body: {} }, 'REGISTRY_UNAVAILABLE'],
  ['429', { status: 429, body: {} }, 'REGISTRY_UNAVAILABLE'],
  ['a web page', { status: 200, body: '<html>' }, 'REGISTRY_UNAVAILABLE'],
  ['a 404 of something else', { status: 404, body: '<html>' }, 'REGISTRY_UNAVAILABLE'],
  ['401', { status: 401, body: { error_code: 40101, message: 'no' } }, 'REGISTRY_AUTH'],
])('%s ends soon, and in an honest error', async (_, reply, code) => {
  const ids = await idsOf(() => reply);
  await expect(ids.idOf(ALONE)).rejects.toMatchObject({ code });
});

test('a refused connection is an outage and no bad request', async () => {
  const ids = await idsOf(() => absent);
  await server?.close();
  await expect(ids.idOf(ALONE)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test.each<[NonNullable<RegistryConfig['auth']>, string]>([
  [{ user: 'ann', password: 'pw' }, `Basic ${Buffer.from('ann:pw').toString('base64')}`],
  [{ token: 't0ken' }, 'Bearer t0ken'],
])('the credentials travel with every request', async (auth, header) => {
  const ids = await idsOf(() => found('meal-value', 3, 1), auth);
  expect(await ids.idOf(ALONE)).toBe(3);
  expect(server?.seen.map(({ authorization }) => authorization)).toEqual([header]);
});

test('no request that could register is ever made', async () => {
  const ids = await idsOf(() => absent);
  await ids.idOf(WITH_MEAL).catch(() => undefined);
  await ids.idOf(ALONE).catch(() => undefined);
  expect(server?.seen.every(({ method, path }) => method === 'POST' && !path.includes('/versions'))).toBe(
    true,
  );
});
