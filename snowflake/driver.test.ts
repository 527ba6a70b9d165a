import { createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SnowflakeConfig } from '#core/config.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';

let lab: Lab;
let folder: string;
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

beforeAll(async () => {
  lab = await openLab();
  folder = mkdtempSync(join(tmpdir(), 'zoner-key-'));
});
afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true });
});

const configWith = (auth: SnowflakeConfig['auth'], more: Partial<SnowflakeConfig> = {}): SnowflakeConfig => ({
  account: 'acme',
  user: 'zoner',
  auth,
  accessUrl: lab.server.url,
  database: 'DB',
  schema: 'PUBLIC',
  warehouse: null,
  role: null,
  ...more,
});

async function signIn(auth: SnowflakeConfig['auth']): Promise<Readonly<Record<string, unknown>>> {
  const warehouse = createWarehouse(configWith(auth), { appVersion: '0' });
  await warehouse.execute('SELECT 1');
  await warehouse.close();
  return lab.server.logins.at(-1) ?? {};
}

/** True if the token was signed by the key that belongs to `publicKey`. */
function isSigned(token: string): boolean {
  const [head, body, signature = ''] = token.split('.');
  const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
  return createVerify('RSA-SHA256')
    .update(`${head}.${body}`)
    .verify(key, Buffer.from(signature, 'base64url'));
}

test('a password and an OAuth token sign in as what they are', async () => {
  expect(await signIn({ password: 'secret' })).toMatchObject({ LOGIN_NAME: 'zoner', PASSWORD: 'secret' });
  expect(await signIn({ token: 'oauth-token' })).toMatchObject({
    AUTHENTICATOR: 'OAUTH',
    TOKEN: 'oauth-token',
  });
});

test.each([
  ['in clear', null],
  ['encrypted', 'pass'],
])('a private key %s signs a token', async (_, passphrase) => {
  const path = join(folder, 'key.pem');
  const cipher = passphrase === null ? {} : { cipher: 'aes-256-cbc', passphrase };
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }));
  const auth = { privateKeyPath: path, ...(passphrase === null ? {} : { passphrase }) };
  const login = await signIn(auth);
  expect(login).toMatchObject({ AUTHENTICATOR: 'SNOWFLAKE_JWT' });
  expect(isSigned(String(login.TOKEN))).toBe(true);
});

test('a wrong passphrase is told without the passphrase', async () => {
  const path = join(folder, 'wrong.pem');
  writeFileSync(
    path,
    privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' }),
  );
  const warehouse = createWarehouse(configWith({ privateKeyPath: path, passphrase: 'hunter2' }), {
    appVersion: '0',
  });
  const error = await warehouse.execute('SELECT 1').catch((reason: Error) => reason);
  expect(error).toMatchObject({
    code: 'FILE_UNREADABLE',
    remedy: expect.stringContaining('SNOWFLAKE_PRIVATE_KEY_PASSPHRASE'),
  });
  expect(String(error)).not.toContain('hunter2');
});

test('a statement that runs longer than its timeout is cancelled with its code', async () => {
  lab.server.addFault({ matches: 'SELECT 42', action: { kind: 'slow', ms: 60_000 }, times: 1 });
  const warehouse = createWarehouse(configWith({ password: 'p' }, { statementTimeoutSeconds: 1 }), {
    appVersion: '0',
  });
  await expect(warehouse.execute('SELECT 42')).rejects.toMatchObject({ context: { snowflake: '000630' } });
  await warehouse.close();
});

test('short names are of the session’s own schema where it is asked for, and refused where it is not', async () => {
  await lab.warehouse.execute('CREATE DATABASE IF NOT EXISTS "LAB"');
  await lab.warehouse.execute('CREATE TABLE "LAB"."PUBLIC"."SHORT" ("A" VARCHAR)');
  await lab.warehouse.execute(`INSERT INTO "LAB"."PUBLIC"."SHORT" ("A") VALUES ('here')`);
  const config = configWith({ password: 'secret' }, { database: 'LAB' });
  const within = createWarehouse(config, { appVersion: '0', inSchema: true });
  for (const name of ['SHORT', 'PUBLIC.SHORT', 'LAB.PUBLIC.SHORT'])
    expect((await within.execute(`SELECT "A" FROM ${name}`)).rows).toEqual([['here']]);
  expect((await within.execute('SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES')).rows).not.toEqual([['0']]);
  await within.close();
  const without = createWarehouse(config, { appVersion: '0' });
  await expect(without.execute('SELECT "A" FROM SHORT')).rejects.toThrow(/does not have a current database/);
  await without.close();
});
