import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthenticate } from '#api/authentication.ts';
import { apiHarness } from '#api/testing/api-harness.ts';
import { exampleActivity } from '#api/testing/example-bodies.ts';
import type { ApiAuth } from '#core/config.ts';

const SECRET = 'a shared secret of more than 32 characters';
const names = { issuer: 'https://id.example', audience: 'zoner' };
const shared: ApiAuth = { key: { secret: SECRET }, ...names };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

type Key = Parameters<SignJWT['sign']>[0];

function sign(
  key: Key,
  alg: string,
  claims: JWTPayload = {},
  expires: string | null = '5m',
): Promise<string> {
  const token = new SignJWT({ sub: 'ada', iss: names.issuer, aud: names.audience, ...claims });
  token.setProtectedHeader({ alg, kid: 'k1' });
  return (expires === null ? token : token.setExpirationTime(expires)).sign(key);
}

async function post(auth: ApiAuth, headers: Readonly<Record<string, string>>, userId = 'ada') {
  const { app } = await apiHarness({ authenticate: createAuthenticate(auth) });
  return app.inject({ method: 'POST', url: '/v1/activity', headers, payload: exampleActivity({ userId }) });
}

const withToken = async (auth: ApiAuth, token: string, userId?: string): Promise<number> =>
  (await post(auth, { authorization: `Bearer ${token}` }, userId)).statusCode;

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let server: Server;
let published: ApiAuth;

beforeAll(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1' };
  server = createServer((_, answer) => answer.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  published = { key: { jwksUrl: `http://127.0.0.1:${port}/keys` }, ...names };
});

afterAll(() => void server.close());

test('a token by the shared secret, or by a published key, lets a person send their own records', async () => {
  expect(await withToken(shared, await sign(bytes(SECRET), 'HS256'))).toBe(202);
  expect(await withToken(published, await sign(keys.privateKey, 'RS256'))).toBe(202);
});

test('a token for another user is refused, unless a scope allows it', async () => {
  expect(await withToken(shared, await sign(bytes(SECRET), 'HS256'), 'eve')).toBe(403);
  expect(await withToken(shared, await sign(bytes(SECRET), 'HS256', { scope: 'zoner:read' }), 'eve')).toBe(
    403,
  );
  const scoped = await sign(bytes(SECRET), 'HS256', { sub: 'importer', scope: 'other zoner:write' });
  expect(await withToken(shared, scoped, 'eve')).toBe(202);
});

test.each<readonly [string, () => Promise<string> | string]>([
  ['that has expired', () => sign(bytes(SECRET), 'HS256', {}, '-1m')],
  ['that never expires', () => sign(bytes(SECRET), 'HS256', {}, null)],
  ['that names nobody', () => sign(bytes(SECRET), 'HS256', { sub: '' })],
  ['that is not valid yet', () => sign(bytes(SECRET), 'HS256', { nbf: Math.floor(Date.now() / 1000) + 600 })],
  ['by another secret', () => sign(bytes(`${SECRET}!`), 'HS256')],
  ['of another issuer', () => sign(bytes(SECRET), 'HS256', { iss: 'https://other.example' })],
  ['for another audience', () => sign(bytes(SECRET), 'HS256', { aud: 'other' })],
  [
    'without a signature',
    () =>
      new UnsecuredJWT({ sub: 'ada', iss: names.issuer, aud: names.audience })
        .setExpirationTime('5m')
        .encode(),
  ],
  ['that is none', () => 'not-a-token'],
  ['by a key where a secret is shared', () => sign(keys.privateKey, 'RS256')],
])('a token %s is refused', async (_, make) => {
  const answer = await post(shared, { authorization: `Bearer ${await make()}` });
  expect(answer.statusCode).toBe(401);
  expect(answer.headers['www-authenticate']).toContain('Bearer');
});

test('the text of the public key is not taken for a shared secret', async () => {
  const pem = await exportSPKI(keys.publicKey);
  expect(await withToken(published, await sign(bytes(pem), 'HS256'))).toBe(401);
});

test('without a token nothing is accepted, also not with that of a cookie, which another site could make a browser send', async () => {
  const token = await sign(bytes(SECRET), 'HS256');
  expect((await post(shared, {})).statusCode).toBe(401);
  expect((await post(shared, { cookie: `zoner_token=${token}` })).statusCode).toBe(401);
});

test('keys that cannot be fetched are an outage, not a refusal', async () => {
  const nowhere: ApiAuth = { key: { jwksUrl: 'http://127.0.0.1:1/keys' }, ...names };
  const answer = await post(nowhere, { authorization: `Bearer ${await sign(keys.privateKey, 'RS256')}` });
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
});
