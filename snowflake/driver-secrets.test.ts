import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SnowflakeConfig } from '#core/config.ts';
import { isZonerError } from '#core/errors.ts';
import { createWarehouse } from '#snowflake/driver.ts';

/** Whatever goes wrong while signing in: nothing that an error holds, at any depth, tells a secret. */

const SECRETS = {
  password: 'PLANTED-password-7c1f',
  passphrase: 'PLANTED-passphrase-91ab',
  token: 'PLANTED-token-e3d0',
  proxy: 'PLANTED-proxy-55aa',
};

/** The driver tries for minutes; nobody waits for that. */
const SHORT_MS = 100;

let folder = '';
let key = '';
let server: Server;
/** What the server answers to everything. */
let answer: { readonly status: number; readonly body: object } = { status: 200, body: {} };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-secrets-'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const cipher = { cipher: 'aes-256-cbc', passphrase: SECRETS.passphrase };
  key = String(privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }));
  writeFileSync(join(folder, 'key.pem'), key);
  writeFileSync(join(folder, 'broken.pem'), key.replace('MII', 'MIX'));
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const keyFile = (name: string, passphrase = SECRETS.passphrase): SnowflakeConfig['auth'] => ({
  privateKeyPath: join(folder, name),
  passphrase,
});
const AUTHS = (): readonly (readonly [string, SnowflakeConfig['auth']])[] => [
  ['a password', { password: SECRETS.password }],
  ['a token', { token: SECRETS.token }],
  ['an encrypted key', keyFile('key.pem')],
];
const refused = (code: string, message: string) => ({
  status: 200,
  body: { success: false, code, message, data: { nextAction: 'RETRY_LOGIN', loginName: 'zoner' } },
});

async function failure(
  auth: SnowflakeConfig['auth'],
  deadlineMs: number,
  more: Partial<SnowflakeConfig> = {},
): Promise<unknown> {
  const { port } = server.address() as AddressInfo;
  const place = { database: 'DB', schema: 'PUBLIC', warehouse: null, role: null };
  const config = {
    account: 'acme',
    user: 'zoner',
    auth,
    accessUrl: `http://127.0.0.1:${port}`,
    ...place,
    ...more,
  };
  const warehouse = createWarehouse(config, { appVersion: '0', deadlineMs });
  try {
    await warehouse.execute('SELECT 1');
  } catch (error) {
    return error;
  } finally {
    await warehouse.close();
  }
  throw new Error('it was let in');
}

function expectNoSecret(error: unknown): void {
  expect(isZonerError(error)).toBe(true);
  const text = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true });
  const json = JSON.stringify(error);
  for (const secret of [...Object.values(SECRETS), key.split('\n')[1] ?? '']) {
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      expect(text).not.toContain(form);
      expect(json).not.toContain(form);
    }
  }
}

test.each([
  [
    'refuses the credentials',
    refused('390100', 'Incorrect username or password was specified.'),
    'WAREHOUSE_AUTH',
  ],
  ['refuses the signed token', refused('390144', 'JWT token is invalid.'), 'WAREHOUSE_AUTH'],
  ['refuses the OAuth token', refused('390303', 'Invalid OAuth access token.'), 'WAREHOUSE_AUTH'],
  ['knows the token as expired', refused('390318', 'OAuth access token expired.'), 'WAREHOUSE_AUTH'],
  ['locks the user out', refused('390102', 'User is temporarily locked.'), 'WAREHOUSE_AUTH'],
  ['does not let this address in', refused('390420', 'Incoming request is not allowed.'), 'WAREHOUSE_AUTH'],
  ['answers 403', { status: 403, body: {} }, 'WAREHOUSE_UNAVAILABLE'],
  ['answers 503', { status: 503, body: {} }, 'WAREHOUSE_UNAVAILABLE'],
])('an account that %s', async (_, given, code) => {
  answer = given;
  for (const [name, auth] of AUTHS()) {
    const error = await failure(auth, code === 'WAREHOUSE_AUTH' ? 10_000 : SHORT_MS);
    expectNoSecret(error);
    expect(error, name).toMatchObject({ code });
  }
});

test.each([
  ['another passphrase', 'key.pem', 'PLANTED-passphrase-91ab-not'],
  ['a file that is no key', 'broken.pem', SECRETS.passphrase],
  ['no file', 'nowhere.pem', SECRETS.passphrase],
])('a key with %s', async (_, file, passphrase) => {
  const error = await failure(keyFile(file, passphrase), 10_000);
  expectNoSecret(error);
  expect(error).toMatchObject({ code: 'FILE_UNREADABLE' });
});

test('an account or a proxy that is not there', async () => {
  for (const [, auth] of AUTHS()) {
    const proxy = `http://ann:${SECRETS.proxy}@127.0.0.1:1`;
    expectNoSecret(await failure(auth, SHORT_MS, { accessUrl: 'http://127.0.0.1:1' }));
    expectNoSecret(await failure(auth, SHORT_MS, { proxy }));
    expectNoSecret(await failure(auth, SHORT_MS, { proxy, accessUrl: 'https://127.0.0.1:2' }));
  }
});
