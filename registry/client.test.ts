import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { RegistryConfig } from '#core/config.ts';
import { isZonerError, type ZonerError } from '#core/errors.ts';
import { createRegistryClient } from '#registry/client.ts';
import { type Reply, startTestServer, type TestServer } from '#registry/test-server.ts';

let server: TestServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function clientOf(reply: Reply, auth: RegistryConfig['auth'] = null) {
  server = await startTestServer(() => reply);
  return createRegistryClient({ url: server.url, auth, caPath: null }, { timeoutMs: 200 });
}

async function errorOf(work: Promise<unknown>): Promise<ZonerError> {
  const outcome: unknown = await work.then(
    () => 'a result',
    (error: unknown) => error,
  );
  if (isZonerError(outcome)) return outcome;
  throw new Error(`expected a ZonerError, got ${String(outcome)}`);
}

test.each<[string, Reply]>([
  ['408', { status: 408, body: {} }],
  ['429', { status: 429, body: 'slow down' }],
  ['500', { status: 500, body: { error_code: 50001, message: 'Error in the backend data store' } }],
  ['503', { status: 503, body: '<html>' }],
  ['a server that never answers', 'hang'],
  ['a connection that is cut', 'reset'],
  ['200 with a web page', { status: 200, body: '<html>login</html>' }],
  ['200 with JSON of another shape', { status: 200, body: { hello: 'world' } }],
  ['200 with JSON that is cut off', { status: 200, body: '{"schema":"{\\"type' }],
  ['404 of something that is no registry', { status: 404, body: '<html>not found</html>' }],
  ['404 of another API', { status: 404, body: { error_code: 404, message: 'HTTP 404 Not Found' } }],
])('%s is an unavailable registry, which is worth a retry', async (_, reply) => {
  const client = await clientOf(reply);
  const error = await errorOf(client.schemaById(7));
  expect(error.code).toBe('REGISTRY_UNAVAILABLE');
  expect(error.retryable).toBe(true);
});

test('a refused connection is an unavailable registry', async () => {
  const client = await clientOf({ status: 200, body: [] });
  await server?.close();
  expect((await errorOf(client.subjects())).code).toBe('REGISTRY_UNAVAILABLE');
});

test.each([401, 403])('%i means that the credentials are wrong', async (status) => {
  const client = await clientOf({ status, body: { error_code: status, message: 'no' } });
  expect((await errorOf(client.schemaById(7))).code).toBe('REGISTRY_AUTH');
});

test.each([
  [409, 409, 'Incompatible artifact'],
  [422, 42201, 'Invalid schema'],
])('%i is a refusal that carries the registry words', async (status, code, message) => {
  const client = await clientOf({ status, body: { error_code: code, message } });
  const error = await errorOf(client.register('s', '"string"', []));
  expect(error.code).toBe('REGISTRY_REFUSED');
  expect(error.message).toContain(message);
});

test.each([40401, 40402, 40403, 40408])(
  '404 with the code %i is an absence and no error',
  async (error_code) => {
    const client = await clientOf({ status: 404, body: { error_code, message: 'not found' } });
    expect(await client.schemaById(7)).toBeNull();
    expect(await client.subjectsOfId(7)).toBeNull();
    expect(await client.level('s')).toBeNull();
    expect(await client.versions('s')).toBeNull();
    expect(await client.lookUp('s', '"string"', [])).toBeNull();
  },
);

test('an absence where something is written is a refusal', async () => {
  const client = await clientOf({ status: 404, body: { error_code: 40401, message: 'not found' } });
  expect((await errorOf(client.register('s', '"string"', []))).code).toBe('REGISTRY_REFUSED');
});

test('a password and a token travel in the header and never in an error', async () => {
  const reply: Reply = { status: 500, body: {} };
  const basic = await clientOf(reply, { user: 'ann', password: 's3cret:ä' });
  const error = await errorOf(basic.subjects());
  const encoded = Buffer.from('ann:s3cret:ä').toString('base64');
  expect(server?.seen[0]?.authorization).toBe(`Basic ${encoded}`);
  expect(JSON.stringify([error.message, error.context, error.remedy])).not.toMatch(/s3cret|ann/);
  await server?.close();
  await errorOf((await clientOf(reply, { token: 't0ken' })).subjects());
  expect(server?.seen[0]?.authorization).toBe('Bearer t0ken');
});

test('a URL with a password in it does not reach the error', async () => {
  const client = createRegistryClient({ url: 'http://ann:hunter2@127.0.0.1:1', auth: null, caPath: null });
  const error = await errorOf(client.subjects());
  expect(error.code).toBe('REGISTRY_UNAVAILABLE');
  expect(`${error.message} ${String(error.cause)}`).not.toMatch('hunter2');
});

test('a subject with a slash in its name stays one part of the path', async () => {
  const client = await clientOf({ status: 200, body: [1] });
  expect(await client.versions('a/b c')).toEqual([1]);
  expect(server?.seen[0]?.path).toBe('/subjects/a/b c/versions');
});

test('a schema arrives with its type and its references', async () => {
  const references = [{ name: 'x.Meal', subject: 'x.Meal', version: 2 }];
  const client = await clientOf({ status: 200, body: { schema: '"string"', references } });
  expect(await client.schemaById(7)).toEqual({ text: '"string"', type: 'AVRO', references });
});

const fixture = (name: string): string => new URL(`fixtures/${name}`, import.meta.url).pathname;

test('a registry with a certificate of a private authority is reached once that authority is named', async () => {
  const [cert, key] = ['server-cert.pem', 'server-key.pem'].map((name) => readFileSync(fixture(name)));
  if (cert === undefined || key === undefined) throw new Error('the fixtures are there');
  server = await startTestServer(() => ({ status: 200, body: ['a-value'] }), { cert, key });
  const config = { url: server.url, auth: null };
  const error = await errorOf(createRegistryClient({ ...config, caPath: null }).subjects());
  expect([error.code, error.remedy]).toEqual([
    'TLS_REFUSED',
    'Set SCHEMA_REGISTRY_CA_PATH to the certificate of its authority.',
  ]);
  const known = createRegistryClient({ ...config, caPath: fixture('private-ca.pem') });
  expect(await known.subjects()).toEqual(['a-value']);
});

test('an authority that cannot be read is named as such', () => {
  const config = { url: 'https://127.0.0.1:1', auth: null, caPath: fixture('nothing.pem') };
  expect(() => createRegistryClient(config)).toThrow('cannot read SCHEMA_REGISTRY_CA_PATH');
});

test('each way to fail has a message of its own', async () => {
  const refusal = (status: number): Reply => ({ status, body: { error_code: status, message: 'no' } });
  const messages: string[] = [];
  for (const reply of [401, 403, 404, 409, 422, 500]
    .map(refusal)
    .concat('hang', { status: 200, body: '<' })) {
    const client = await clientOf(reply);
    messages.push((await errorOf(client.register('s', '"string"', []))).message);
    await server?.close();
  }
  expect(new Set(messages).size).toBe(8);
});
