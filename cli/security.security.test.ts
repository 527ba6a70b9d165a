import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Ended, runCommand } from '#cli/run-command.ts';
import { type SecuredServices, startSecured } from '#stack/secured/services.ts';

/** Every way of signing in, and every certificate, against the real services; and one clear error for each wrong one. */

const SCHEMAS = fileURLToPath(new URL('../schemas', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./zoner.ts', import.meta.url));
const PASSWORD = 'k4fka-Pa55';
const REGISTRY = { user: 'alice', password: 'reg1stry-Pa55' };
const REDIS = { user: 'folder', password: 'red1s-Pa55' };

let services: SecuredServices;
let folder = '';

beforeAll(async () => {
  services = await startSecured({
    kafka: { admin: PASSWORD },
    registry: [{ ...REGISTRY, role: 'sr-admin' }],
    redis: REDIS,
  });
}, 180_000);
afterAll(() => services?.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-security-'));
  cpSync(SCHEMAS, join(folder, 'schemas'), { recursive: true });
  return () => rmSync(folder, { recursive: true });
});

type Env = Readonly<Record<string, string>>;

async function run(env: Env, ...args: string[]): Promise<Ended> {
  writeFileSync(
    join(folder, '.env'),
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  return runCommand(folder, args);
}

/** One line that says what is wrong, one that says what to do, and nothing else. */
async function refused(env: Env, args: string[], code: string, words: RegExp): Promise<void> {
  const begun = performance.now();
  const { code: exit, stderr } = await run(env, ...args);
  expect({ exit, stderr }).toEqual({
    exit: 3,
    stderr: [expect.stringMatching(`^error ${code}: `), expect.any(String)],
  });
  expect(stderr.join('\n')).toMatch(words);
  expect(performance.now() - begun).toBeLessThan(30_000);
}

describe('Kafka', () => {
  const ask = ['topics', 'plan'];
  const tls = (): Env => ({ KAFKA_SSL: 'true', KAFKA_SSL_CA_PATH: services.authority });
  const sasl = (mechanism: string, password = PASSWORD): Env => ({
    ...tls(),
    KAFKA_BROKER: services.kafka.sasl,
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: 'admin',
    KAFKA_SASL_PASSWORD: password,
  });
  const oauth = (): Env => ({
    ...tls(),
    KAFKA_BROKER: services.kafka.oauth,
    KAFKA_SASL_MECHANISM: 'oauthbearer',
  });

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'])(
    '%s over TLS lets the right password in',
    async (mechanism) => {
      expect(await run(sasl(mechanism), ...ask)).toMatchObject({ code: 2, stderr: [] });
      await refused(sasl(mechanism, 'wrong'), ask, 'KAFKA_AUTH', /KAFKA_SASL_PASSWORD/);
      // It would listen, and only its first writer would hear of it.
      await refused(sasl(mechanism, 'wrong'), ['serve', '--port', '0'], 'KAFKA_AUTH', /KAFKA_SASL_PASSWORD/);
    },
  );

  test('a bearer token lets in whoever the identity provider vouches for, for this audience', async () => {
    expect(await run({ ...oauth(), KAFKA_OAUTH_TOKEN: await services.token('admin') }, ...ask)).toMatchObject(
      { code: 2 },
    );
    const other = await services.token('admin', { audience: 'elsewhere' });
    await refused({ ...oauth(), KAFKA_OAUTH_TOKEN: other }, ask, 'KAFKA_AUTH', /KAFKA_OAUTH/);
  });

  test('a client fetches its token from the endpoint, and is told when that gives none', async () => {
    const endpoint = createServer(async (request, response) => {
      const basic = Buffer.from('zoner:cl1ent%2FSecret').toString('base64');
      if (request.headers.authorization !== `Basic ${basic}`) return response.writeHead(401).end('no');
      return response.end(JSON.stringify({ access_token: await services.token('admin'), expires_in: 600 }));
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    const client = (secret: string): Env => ({
      ...oauth(),
      KAFKA_OAUTH_TOKEN_URL: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/token`,
      KAFKA_OAUTH_CLIENT_ID: 'zoner',
      KAFKA_OAUTH_CLIENT_SECRET: secret,
    });
    try {
      expect(await run(client('cl1ent/Secret'), ...ask)).toMatchObject({ code: 2 });
      await refused(client('wrong'), ask, 'KAFKA_AUTH', /401[\s\S]*KAFKA_OAUTH_CLIENT_SECRET/);
    } finally {
      endpoint.close();
    }
  });

  test('a certificate of a stranger, of another host, or out of date is refused by its own name', async () => {
    const at = (broker: string, more: Env = {}): Env => ({ ...tls(), KAFKA_BROKER: broker, ...more });
    const stranger = at(services.kafka.tls, { KAFKA_SSL_CA_PATH: services.stranger });
    await refused(stranger, ask, 'TLS_REFUSED', /nobody trusted[\s\S]*KAFKA_SSL_CA_PATH/);
    await refused(at(services.kafka.expired), ask, 'TLS_REFUSED', /out of date[\s\S]*Renew/);
    const host = services.kafka.tls.replace('localhost', '127.0.0.1');
    await refused(at(host), ask, 'TLS_REFUSED', /another host[\s\S]*KAFKA_BROKER/);
    await refused(at(services.openKafka), ask, 'TLS_REFUSED', /no TLS[\s\S]*KAFKA_BROKER/);
  });

  test('whoever has no ACL is told which access is missing', async () => {
    // The door lets everybody in who trusts the certificate; nobody there has a name.
    await refused(
      {
        ...tls(),
        KAFKA_BROKER: services.kafka.oauth,
        KAFKA_SASL_MECHANISM: 'oauthbearer',
        KAFKA_OAUTH_TOKEN: await services.token('nobody'),
      },
      ['topics', 'apply'],
      'KAFKA_UNAVAILABLE',
      /Grant this user/,
    );
  });
});

describe('the registry', () => {
  const ask = ['registry', 'plan'];
  const at = (url: string, more: Env = {}): Env => ({
    SCHEMA_REGISTRY_URL: url,
    SCHEMA_REGISTRY_CA_PATH: services.authority,
    SCHEMA_REGISTRY_USER: REGISTRY.user,
    SCHEMA_REGISTRY_PASSWORD: REGISTRY.password,
    ...more,
  });

  test('a user, or a bearer token, is let in over TLS', async () => {
    expect(await run(at(services.registry.url), ...ask)).toMatchObject({ code: 2, stderr: [] });
    const bearer = { SCHEMA_REGISTRY_USER: '', SCHEMA_REGISTRY_PASSWORD: '' };
    const token = await services.token('zoner');
    expect(
      await run(at(services.registry.url, { ...bearer, SCHEMA_REGISTRY_TOKEN: token }), ...ask),
    ).toMatchObject({ code: 2 });
    await refused(
      at(services.registry.url, { ...bearer, SCHEMA_REGISTRY_TOKEN: `${token}x` }),
      ask,
      'REGISTRY_AUTH',
      /SCHEMA_REGISTRY_TOKEN/,
    );
    await refused(
      at(services.registry.url, { SCHEMA_REGISTRY_PASSWORD: 'wrong' }),
      ask,
      'REGISTRY_AUTH',
      /SCHEMA_REGISTRY_PASSWORD/,
    );
  });

  test('a consumer says at the start that the registry refuses it, not when a record needs a schema', async () => {
    const settings = at(services.registry.url, {
      KAFKA_BROKER: services.openKafka,
      REDIS_URL: services.redis.url,
      REDIS_CA_PATH: services.authority,
      REDIS_USERNAME: REDIS.user,
      REDIS_PASSWORD: REDIS.password,
    });
    expect(await run(settings, 'topics', 'apply')).toMatchObject({ code: 0 });
    const follow = ['recommend', '--follow'];
    const wrong = { ...settings, SCHEMA_REGISTRY_PASSWORD: 'wrong' };
    await refused(wrong, follow, 'REGISTRY_AUTH', /SCHEMA_REGISTRY_PASSWORD/);
    const late = { ...settings, SCHEMA_REGISTRY_URL: services.registry.expired };
    await refused(late, follow, 'TLS_REFUSED', /out of date/);
  });

  test('a certificate of a stranger, of another host, or out of date is refused by its own name', async () => {
    const { url, expired, open } = services.registry;
    await refused(
      at(url, { SCHEMA_REGISTRY_CA_PATH: services.stranger }),
      ask,
      'TLS_REFUSED',
      /nobody trusted[\s\S]*SCHEMA_REGISTRY_CA_PATH/,
    );
    await refused(at(expired), ask, 'TLS_REFUSED', /out of date/);
    await refused(at(url.replace('localhost', '127.0.0.1')), ask, 'TLS_REFUSED', /another host/);
    await refused(at(open.replace('http:', 'https:')), ask, 'TLS_REFUSED', /no TLS/);
  });
});

describe('Redis', () => {
  const ask = ['recommend', 'nobody'];
  const at = (url: string, more: Env = {}): Env => ({
    REDIS_URL: url,
    REDIS_CA_PATH: services.authority,
    REDIS_USERNAME: REDIS.user,
    REDIS_PASSWORD: REDIS.password,
    ...more,
  });

  test('a user of an access list is let in over TLS, whether named beside the URL or in it', async () => {
    expect(await run(at(services.redis.url), ...ask)).toMatchObject({ code: 0, stderr: [] });
    const inside = services.redis.url.replace('//', `//${REDIS.user}:${REDIS.password}@`);
    expect(await run({ REDIS_URL: inside, REDIS_CA_PATH: services.authority }, ...ask)).toMatchObject({
      code: 0,
    });
    await refused(at(services.redis.url, { REDIS_PASSWORD: 'wrong' }), ask, 'REDIS_AUTH', /REDIS_PASSWORD/);
  });

  test('a certificate of a stranger, of another host, or out of date is refused by its own name', async () => {
    const { url, expired } = services.redis;
    await refused(
      at(url, { REDIS_CA_PATH: services.stranger }),
      ask,
      'TLS_REFUSED',
      /nobody trusted[\s\S]*REDIS_CA_PATH/,
    );
    await refused(at(expired), ask, 'TLS_REFUSED', /out of date/);
    await refused(at(url.replace('localhost', '127.0.0.1')), ask, 'TLS_REFUSED', /another host/);
  });
});

describe('Snowflake', () => {
  const ask = ['snowflake', 'query', 'SELECT 1 AS ONE', '--format', 'csv'];
  const at = (url: string, key = services.snowflake.key): Env => ({
    SNOWFLAKE_ACCESS_URL: url,
    SNOWFLAKE_ACCOUNT: 'acme',
    SNOWFLAKE_USER: 'loader',
    SNOWFLAKE_PRIVATE_KEY_PATH: key,
  });
  const right = { code: 0, stdout: ['ONE', '1'] };

  test('whoever has the private key is let in, and nobody else', async () => {
    const { url, otherKey } = services.snowflake;
    expect(await run(at(url), ...ask)).toMatchObject(right);
    const { code, stderr } = await run(at(url, otherKey), ...ask);
    expect(code).toBe(3);
    expect(stderr.join('\n')).toMatch(/error WAREHOUSE_AUTH: [\s\S]*SNOWFLAKE_PRIVATE_KEY_PATH/);
  });

  test('a certificate of a stranger, of another host, or out of date is refused by its own name', async () => {
    const { tls, expired, url } = services.snowflake;
    await refused(at(tls), ask, 'TLS_REFUSED', /nobody trusted[\s\S]*NODE_EXTRA_CA_CERTS/);
    await refused(at(expired), ask, 'TLS_REFUSED', /out of date/);
    await refused(at(url.replace('http:', 'https:')), ask, 'TLS_REFUSED', /no TLS/);
    // Node reads whom it trusts besides when it starts.
    const trusting = async (env: Env): Promise<string> => {
      const more = { ...process.env, ...env, NODE_EXTRA_CA_CERTS: services.authority };
      const options = { cwd: folder, env: more, timeout: 30_000 };
      const ended = await promisify(execFile)(process.execPath, [PROGRAM, ...ask], options).catch(
        (error: { readonly stderr: string }) => ({ stdout: '', stderr: error.stderr }),
      );
      return ended.stdout + ended.stderr;
    };
    expect(await trusting(at(tls))).toBe('ONE\n1\n');
    expect(await trusting(at(tls.replace('localhost', '127.0.0.1')))).toMatch(
      /^error TLS_REFUSED: Snowflake: its certificate is for another host[\s\S]*SNOWFLAKE_ACCESS_URL/,
    );
  });
});
