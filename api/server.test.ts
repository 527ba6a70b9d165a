import { connect } from 'node:net';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { openApiDocument } from '#api/openapi.ts';
import { apiHarness } from '#api/testing/api-harness.ts';
import { exampleActivity, exampleTrip } from '#api/testing/example-bodies.ts';
import { compileDecoder } from '#avro/codec.ts';
import { parseFrame } from '#avro/frame.ts';
import { toJson } from '#avro/json-form.ts';
import { parseSchema } from '#avro/parse.ts';
import { ZonerError } from '#core/errors.ts';
import { TripPlan } from '#generated/trip-plan/types.ts';
import { UserActivity } from '#generated/user-activity/types.ts';

const SECRET_VALUE = 'a-value-nobody-may-see';
const outage = async (): Promise<never> => {
  throw new ZonerError('KAFKA_UNAVAILABLE', `no broker for ${SECRET_VALUE}`);
};

test.each([
  ['/v1/activity', UserActivity, exampleActivity()],
  ['/v1/trips', TripPlan, exampleTrip()],
])('what is posted to %s is what a consumer decodes', async (url, contract, payload) => {
  const { app, sent } = await apiHarness();
  const answer = await app.inject({ method: 'POST', url, payload });
  expect([answer.statusCode, answer.json()]).toEqual([202, { accepted: 1 }]);
  const schema = parseSchema(contract.schema);
  const frame = parseFrame(sent[0]?.value ?? new Uint8Array());
  const value = compileDecoder(schema, schema).decode(frame?.payload ?? new Uint8Array());
  expect(toJson(schema, value)).toEqual(payload);
  expect(sent).toMatchObject([{ topic: contract.topic, key: Buffer.from('ada') }]);
});

test('up to 500 records go in one request, in their order', async () => {
  const { app, sent } = await apiHarness();
  const users = Array.from({ length: 500 }, (_, index) => `user-${index}`);
  const payload = users.map((userId) => exampleActivity({ userId }));
  const answer = await app.inject({ method: 'POST', url: '/v1/activity', payload });
  expect([answer.statusCode, answer.json()]).toEqual([202, { accepted: 500 }]);
  expect(sent.map(({ key }) => key?.toString())).toEqual(users);
});

test('what has a default may be left out, and a consumer gets the default', async () => {
  const { app, sent } = await apiHarness();
  const { source: _, activity: __, ...rest } = exampleActivity();
  const payload = { ...rest, activity: { kind: 'Meal' } };
  expect((await app.inject({ method: 'POST', url: '/v1/activity', payload })).statusCode).toBe(202);
  const schema = parseSchema(UserActivity.schema);
  const frame = parseFrame(sent[0]?.value ?? new Uint8Array());
  expect(compileDecoder(schema, schema).decode(frame?.payload ?? new Uint8Array())).toMatchObject({
    source: 'UNKNOWN',
    activity: { kind: 'Meal', mealType: 'OTHER', energy: null, caffeine: null },
  });
});

test.each([[[]], [Array.from({ length: 501 }, () => 0)]])(
  'a list of none or of more than 500 is refused',
  async (payload) => {
    const { app } = await apiHarness();
    const answer = await app.inject({ method: 'POST', url: '/v1/activity', payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toMatchObject([{ pointer: '' }]);
  },
);

test('a list with wrong records is refused whole: each field is named, no value is told, nothing is sent', async () => {
  const { app, sent, logged } = await apiHarness();
  const { timeZone: _, ...withoutZone } = exampleActivity();
  const payload = [
    exampleActivity(),
    exampleActivity({ eventId: SECRET_VALUE, occurredAt: '2026-02-30T00:00:00.000Z' }),
    withoutZone,
    exampleActivity({
      activity: {
        kind: 'LightExposure',
        endedAt: 5,
        lux: SECRET_VALUE,
        melanopicLux: null,
        surroundings: 'MOON',
      },
    }),
    exampleActivity({ activity: { kind: SECRET_VALUE } }),
    { ...exampleActivity(), [SECRET_VALUE]: 1 },
    exampleActivity({ userId: 'x'.repeat(201) }),
    exampleActivity({ timeZone: '\ud800' }),
    null,
  ];
  const answer = await app.inject({ method: 'POST', url: '/v1/activity', payload });
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  const { errors } = answer.json() as { errors: { pointer: string; message: string }[] };
  expect([...new Set(errors.map(({ pointer }) => pointer))]).toEqual([
    '/1/eventId',
    '/1/occurredAt',
    '/2/timeZone',
    '/3/activity/endedAt',
    '/3/activity/lux',
    '/3/activity/surroundings',
    '/4/activity',
    '/5',
    '/6/userId',
    '/7',
    '/8',
  ]);
  expect(answer.body + logged.join()).not.toContain(SECRET_VALUE);
  expect(sent).toEqual([]);
});

test.each([
  ['text that is not JSON', '{"eventId": ', 'application/json', 400],
  ['an empty body', '', 'application/json', 400],
  ['__proto__ in a body', '{"__proto__": {"admin": true}}', 'application/json', 400],
  ['another media type', 'a=1', 'application/x-www-form-urlencoded', 415],
  ['a body beyond the limit', `"${'x'.repeat(600_000)}"`, 'application/json', 413],
  ['deep nesting', '['.repeat(200_000), 'application/json', 400],
])('%s is refused', async (_, payload, type, status) => {
  const { app, sent } = await apiHarness();
  const headers = { 'content-type': type };
  const answer = await app.inject({ method: 'POST', url: '/v1/activity', payload, headers });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ status });
  expect(sent).toEqual([]);
});

test('while Kafka is down the answer is 503 with Retry-After, and tells nothing of the inside', async () => {
  const { app } = await apiHarness({ send: outage });
  const answer = await app.inject({ method: 'POST', url: '/v1/activity', payload: exampleActivity() });
  expect(answer.statusCode).toBe(503);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(answer.body).not.toContain(SECRET_VALUE);
});

test('a defect is 500 without its text, which is not logged either', async () => {
  const { app, logged } = await apiHarness({
    send: async () => {
      throw new Error(SECRET_VALUE);
    },
  });
  const answer = await app.inject({ method: 'POST', url: '/v1/activity', payload: exampleActivity() });
  expect(answer.statusCode).toBe(500);
  expect(answer.body + logged.join()).not.toContain(SECRET_VALUE);
  expect(logged.join()).toContain('defect');
});

test('more requests than the limit are answered with 429 and Retry-After, and health is not counted', async () => {
  const { app } = await apiHarness({ options: { rateLimit: 2 } });
  const post = () => app.inject({ method: 'POST', url: '/v1/activity', payload: exampleActivity() });
  const live = () => app.inject('/health/live');
  const statuses = [await post(), await live(), await live(), await post(), await post(), await live()];
  expect(statuses.map(({ statusCode }) => statusCode)).toEqual([202, 200, 200, 202, 429, 200]);
  expect(Number(statuses[4]?.headers['retry-after'])).toBeGreaterThan(0);
  expect(statuses[4]?.json()).toMatchObject({ status: 429 });
});

test.each([
  '/../../package.json',
  '/..%2f..%2fpackage.json',
  '/v1/%2e%2e/%2e%2e/etc/passwd',
  '/%',
  '/v1/users/%00',
  '/.env',
])('the path %s leads nowhere', async (url) => {
  const { app } = await apiHarness();
  const answer = await app.inject({ method: 'GET', url });
  expect([400, 404]).toContain(answer.statusCode);
});

test('a server without authentication answers only to the names of its machine', async () => {
  const { app } = await apiHarness({ options: { hosts: new Set(['127.0.0.1']) } });
  const ask = async (host: string) =>
    (await app.inject({ method: 'GET', url: '/health/live', headers: { host } })).statusCode;
  expect([
    await ask('127.0.0.1:8080'),
    await ask('evil.example'),
    await ask('127.0.0.1.evil.example'),
  ]).toEqual([200, 421, 421]);
});

test('answers forbid framing, sniffing, foreign scripts, caching and reading by other sites', async () => {
  const { app } = await apiHarness();
  const { headers } = await app.inject({ url: '/health/live', headers: { origin: 'https://other.example' } });
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  });
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
});

test('readiness names the service that does not answer', async () => {
  const checks = { kafka: outage, registry: async () => [] };
  const { app } = await apiHarness({ checks });
  const answer = await app.inject('/health/ready');
  expect([answer.statusCode, answer.json().services]).toEqual([
    503,
    { kafka: 'does not answer', registry: 'answers' },
  ]);
});

test('the log says the route and not the path', async () => {
  const { app, logged } = await apiHarness();
  await app.inject({ method: 'POST', url: '/v1/activity?who=ada', payload: exampleActivity() });
  expect(logged.join()).toContain('/v1/activity');
  expect(logged.join()).not.toContain('ada');
});

test('without tracing, the trace that a client names goes along to its records and into the log; a damaged one does not', async () => {
  const { app, sent, logged } = await apiHarness();
  const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
  const post = (headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/v1/activity', headers, payload: exampleActivity() });
  await post({ traceparent, tracestate: 'vendor=1' });
  await post({ traceparent: `${traceparent}\u00e4`, tracestate: 'vendor=1' });
  await post({});
  const headers = sent.map((record) => record.headers.map(([name, value]) => [name, String(value)]));
  expect(headers).toEqual([
    [
      ['traceparent', traceparent],
      ['tracestate', 'vendor=1'],
    ],
    [],
    [],
  ]);
  expect(logged.filter((line) => line.includes(`"trace_id":"${'c'.repeat(32)}"`))).toHaveLength(1);
});

test('the OpenAPI document is valid, and served', async () => {
  const document = openApiDocument('0.0.0');
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
  const { app } = await apiHarness();
  expect((await app.inject('/v1/openapi.json')).json()).toEqual(document);
});

test('a server that closes answers what it has begun, also to a client that keeps its connection', async () => {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const { app } = await apiHarness({
    send: async () => {
      begun.resolve();
      await gate.promise;
    },
  });
  const base = await app.listen({ host: '127.0.0.1', port: 0 });
  const answer = fetch(`${base}/v1/activity`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(exampleActivity()),
  });
  await begun.promise;
  const closed = app.close();
  gate.resolve();
  expect((await answer).status).toBe(202);
  await closed;
});

test.each([
  ['its headers', 'GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
  ['its body', 'POST /v1/activity HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{'],
])('a client that never comes to the end of %s is answered with 408 and let go', async (_, text) => {
  // Longer than a busy machine takes to send the beginning.
  const timeouts = { headersMs: 500, requestMs: 1000, lookMs: 20 };
  const { app } = await apiHarness({ options: { timeouts } });
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
  const answer = await socket.setEncoding('utf8').reduce((all, chunk) => all + chunk, '');
  expect(answer).toContain('HTTP/1.1 408 ');
  await app.close();
});
