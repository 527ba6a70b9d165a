import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { TokenLogin } from '#core/config.ts';
import { oauthBearer } from '#kafka/kafkajs-oauth.ts';

/** Signs in at a broker that answers this, and gives what it was sent. */
async function signIn(source: TokenLogin['token'], answer = ''): Promise<string> {
  return authenticator(source, answer)();
}

function authenticator(source: TokenLogin['token'], answer = ''): () => Promise<string> {
  let sent = '';
  const size = Buffer.alloc(4);
  const { authenticationProvider } = oauthBearer(source);
  const { authenticate } = authenticationProvider({
    host: 'b',
    port: 1,
    logger: {
      info() {},
      error() {},
      warn() {},
      debug() {},
      namespace: () => null as never,
      setLogLevel() {},
    },
    async saslAuthenticate({ request, response }) {
      sent = (await request.encode()).subarray(4).toString();
      return response?.parse(await response.decode(Buffer.concat([size, Buffer.from(answer)])));
    },
  });
  return async () => {
    await authenticate();
    return sent;
  };
}

/** A token endpoint that gives `token-1`, `token-2`, …, each for so long. */
async function endpoint(seconds: number): Promise<string> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    const isKnown = request.headers.authorization === `Basic ${btoa('me:it')}`;
    response.writeHead(isKnown ? 200 : 401);
    response.end(JSON.stringify({ access_token: `token-${count}`, expires_in: seconds }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a token goes out as RFC 7628 says', async () => {
  expect(await signIn('t0ken')).toBe('n,,\x01auth=Bearer t0ken\x01\x01');
});

test('a broker that says why it refuses is heard, and its words go no further', async () => {
  await expect(signIn('t0ken', '{"status":"invalid_token t0ken"}')).rejects.toMatchObject({
    code: 'KAFKA_AUTH',
    message: expect.not.stringContaining('t0ken'),
  });
});

test('a token of the endpoint is used until it runs out', async () => {
  const client = { clientId: 'me', clientSecret: 'it', scope: null };
  const long = authenticator({ ...client, url: await endpoint(3600) });
  expect([await long(), await long()]).toEqual(Array(2).fill('n,,\x01auth=Bearer token-1\x01\x01'));
  const short = authenticator({ ...client, url: await endpoint(1) });
  await short();
  expect(await short()).toContain('token-2');
});

test('a client that the endpoint does not know is told which variables to check, without their values', async () => {
  const source = { url: await endpoint(1), clientId: 'me', clientSecret: 'hunter2', scope: 'kafka' };
  await expect(signIn(source)).rejects.toMatchObject({
    code: 'KAFKA_AUTH',
    message: 'no token from KAFKA_OAUTH_TOKEN_URL: the endpoint answers 401',
  });
});
