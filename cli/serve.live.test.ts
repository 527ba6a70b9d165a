import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findChromium, launchChromium } from '#api/testing/browser.ts';
import { exampleActivity, exampleTrip } from '#api/testing/example-bodies.ts';
import { compileDecoder } from '#avro/codec.ts';
import { parseFrame } from '#avro/frame.ts';
import { parseSchema } from '#avro/parse.ts';
import type { StatusReport } from '#cli/status-report.ts';
import { scan } from '#consumer/scan.ts';
import { parseConfig } from '#core/config.ts';
import { UserActivity } from '#generated/user-activity/types.ts';
import { createKafkajsConsumer } from '#kafka/kafkajs-consumer.ts';
import { createKafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { namedMetrics } from '#metrics/named-metrics.ts';
import { findPromtool } from '#metrics/testing/promtool.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { kafkaIsHealthy } from '#stack/health.ts';
import { liveEnvironment } from '#stack/live-environment.ts';
import { freePorts } from '#stack/ports.ts';
import type { ProcessIdentity } from '#stack/process-identity.ts';
import { type RunningServices, startServices } from '#stack/services.ts';

/** `zoner serve` as a person starts it, on services of its own, because it stops the broker on the way. */

const PROGRAM = fileURLToPath(new URL('./zoner.ts', import.meta.url));
const processes: ProcessIdentity[] = [];
const children: ChildProcess[] = [];
let folder = '';
let services: RunningServices;
let env: Record<string, string | undefined>;
let url = '';
let folding: ChildProcess;
let loading: ChildProcess;
/** Of the server, of what folds, and of what loads. */
let healthPorts: readonly number[] = [];
const chromium = findChromium(process.env);
const promtool = findPromtool(process.env);
const METRICS = fileURLToPath(new URL('../metrics', import.meta.url));
const SECRET = 'a shared secret of more than 32 characters';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zoner-serve-'));
  services = await startServices({
    env: {
      ...liveEnvironment(),
      KAFKA_BROKER: undefined,
      SCHEMA_REGISTRY_URL: undefined,
      REDIS_URL: undefined,
    },
    folder,
    signal: new AbortController().signal,
    engine: 'process',
    onProcess: (identity) => void processes.push(identity),
    onContainer: () => {},
    onStarted: () => {},
  });
  // The warehouse is shared, the database is not.
  const own = { SNOWFLAKE_DATABASE: `SERVE_${process.pid}`, NO_COLOR: '1' };
  env = { ...liveEnvironment(), ...services.env, ...own };
  const applied = ['registry', 'topics', 'snowflake'].map((room) => ended(start(room, 'apply')));
  expect(await Promise.all(applied)).toEqual([0, 0, 0]);
  const [forServer = 0, forFold = 0, forLoad = 0] = await freePorts(3);
  healthPorts = [forServer, forFold, forLoad];
  const following = ['--session-timeout', '1500', '--health-port'];
  folding = start('recommend', '--follow', ...following, String(forFold));
  loading = start('consume', ...following, String(forLoad));
  url = await serve('--rate-limit', '1000000', '--health-port', String(forServer));
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await services?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', resolve));

/** Starts a server on a free port, and gives its address once it says that it listens. */
async function serve(...args: string[]): Promise<string> {
  const child = start('serve', '--port', '0', ...args);
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /listens on (http:\S+)/.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error('the server ended before it listened');
}

function post(path: string, body: unknown, base = url, token?: string): Promise<Response> {
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { 'content-type': 'application/json', ...bearer };
  return fetch(`${base}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** The event ids of everything in the topic, as often as they are there. */
async function eventsInTopic(): Promise<readonly string[]> {
  const { kafka } = parseConfig(env);
  const schema = parseSchema(UserActivity.schema);
  const decoder = compileDecoder(schema, schema);
  const offsets = createKafkajsOffsets(kafka);
  const ids: string[] = [];
  const deps = { transport: createKafkajsConsumer(kafka), offsets, signal: AbortSignal.timeout(30_000) };
  await scan(UserActivity.topic, deps, ({ value }) => {
    const payload = parseFrame(value ?? new Uint8Array())?.payload ?? new Uint8Array();
    ids.push((decoder.decode(payload) as UserActivity).eventId);
  });
  await offsets.close();
  return ids;
}

/** Sends bytes as they are, and gives the first line of the answer. */
function raw(text: string): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => {
      answer += String(data);
    });
    socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''));
    // A server that has answered may close the connection before it has read everything.
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer.split('\r\n')[0] ?? '')));
  });
}

test('activities and trips that are accepted are in their topics', async () => {
  const batch = Array.from({ length: 500 }, () => exampleActivity());
  const answer = await post('/v1/activity', batch);
  expect([answer.status, await answer.json()]).toEqual([202, { accepted: 500 }]);
  expect((await post('/v1/trips', exampleTrip())).status).toBe(202);
  const found = new Set(await eventsInTopic());
  expect(batch.filter(({ eventId }) => !found.has(String(eventId)))).toEqual([]);
});

test('the services are asked for readiness', async () => {
  const answer = await fetch(`${url}/health/ready`);
  expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'ready' }]);
});

/** Five nights until this morning, as a person's device would post them. */
function recentNights(userId: string): readonly Record<string, unknown>[] {
  const hour = 3_600_000;
  const iso = (at: number): string => new Date(at).toISOString();
  return Array.from({ length: 5 }, (_, index) => {
    const wake = Date.now() - 2 * hour - index * 24 * hour;
    const activity = {
      kind: 'SleepSession',
      endedAt: iso(wake),
      endedAtLocal: iso(wake).slice(0, -1),
      sleepType: 'MAIN',
    };
    const start = iso(wake - 8 * hour);
    const times = { occurredAt: start, occurredAtLocal: start.slice(0, -1), timeZone: 'UTC' };
    return exampleActivity({ userId, ...times, activity });
  });
}

test('what was posted, even twice, is told to who listens, though 200 others take nothing', async () => {
  const userId = 'grace';
  const nights = recentNights(userId);
  const slow = Array.from({ length: 200 }, () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write(`GET /v1/users/${userId}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    return socket;
  });
  const heard = await fetch(`${url}/v1/users/${userId}/events`, { headers: { 'last-event-id': '0' } });
  for (const _ of ['once', 'twice']) expect((await post('/v1/activity', nights)).status).toBe(202);
  expect((await post('/v1/trips', exampleTrip({ userId }))).status).toBe(202);
  const reader = heard.body?.pipeThrough(new TextDecoderStream()).getReader();
  const read = async <T>(what: string): Promise<T> =>
    (await (await fetch(`${url}/v1/users/${userId}/${what}`)).json()) as T;
  let text = '';
  while (!text.includes('event: changed') || (await read<{ trips?: unknown[] }>('trips')).trips?.length !== 1)
    text += (await reader?.read())?.value ?? '';
  await reader?.cancel();
  expect(await read('recommendations')).toMatchObject({ nights: 5, timeZone: 'UTC' });
  const page = await fetch(`${url}/users/${userId}`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('The next 24 hours')]);
  for (const socket of slow) socket.destroy();
});

test.skipIf(chromium === null)(
  'an open page shows what is posted, produced and folded, without a reload',
  async () => {
    const browser = await launchChromium(chromium ?? '');
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${url}/users/hedy`);
    expect(await page.locator('main').textContent()).toContain('0 of the three nights');
    expect((await post('/v1/activity', recentNights('hedy'))).status).toBe(202);
    await page.locator('svg.clock').waitFor({ timeout: 20_000 });
    expect(await page.locator('svg.actogram .slept').count()).toBeGreaterThanOrEqual(5);
    expect(complaints).toEqual([]);
    await browser.close();
  },
);

test('an event that was posted twice is one row of the current view', async () => {
  const twice = exampleActivity({ userId: 'lise' });
  for (const _ of ['once', 'twice']) expect((await post('/v1/activity', twice)).status).toBe(202);
  const { snowflake } = parseConfig(env);
  if (snowflake === null) throw new Error('there is no warehouse');
  const warehouse = createWarehouse(snowflake, { appVersion: 'test' });
  const countIn = async (of: string): Promise<unknown> => {
    const sql = `SELECT COUNT(*) AS N FROM "${snowflake.database}"."PUBLIC"."${of}" WHERE "EVENT_ID" = ?`;
    return (await warehouse.execute(sql, [String(twice.eventId)])).rows[0]?.[0];
  };
  await expect.poll(() => countIn('USER_ACTIVITY'), { timeout: 20_000 }).toBe('2');
  expect(await countIn('USER_ACTIVITY_CURRENT')).toBe('1');
  await warehouse.close();
});

/** What each of the three processes tells Prometheus. */
function scrapes(): Promise<readonly string[]> {
  return Promise.all(
    healthPorts.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
  );
}

test('each metric that the dashboard and the alerts name is told by a process that runs, with what it did', async () => {
  const all = await scrapes();
  const [served = '', folded = '', loaded = ''] = all;
  const told = new Set(all.join('\n').match(/(?<=^# TYPE )\S+/gm));
  for (const file of ['alerts.yml', 'grafana-dashboard.json']) {
    const named = namedMetrics(await readFile(join(METRICS, file), 'utf8'));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !told.has(name))).toEqual([]);
  }
  expect(served).toMatch(
    /zoner_http_request_duration_seconds_count\{[^}]*route="\/v1\/activity",status="202"\} [1-9]/,
  );
  expect(served).toMatch(/zoner_produced_records_total\{topic="user_activity"\} [1-9]/);
  expect(served).toMatch(/zoner_recommendation_duration_seconds_count\{[^}]*result="ok"\} [1-9]/);
  expect(folded).toMatch(
    /zoner_consumed_records_total\{group="zoner-recommendations",contract="user-activity"\} [1-9]/,
  );
  expect(loaded).toMatch(
    /zoner_written_rows_total\{group="zoner-warehouse",contract="user-activity"\} [1-9]/,
  );
  expect(loaded).toMatch(
    /zoner_registry_request_duration_seconds_count\{operation="schemaById",result="ok"\} [1-9]/,
  );
  expect(loaded).toMatch(/zoner_consumer_lag_records\{[^}]*topic="user_activity"[^}]*\} \d/);
  expect(all.join('\n')).not.toMatch(/grace|hedy|lise/);
  for (const port of healthPorts)
    expect((await fetch(`http://127.0.0.1:${port}/ready`)).status, `port ${port}`).toBe(200);
});

test.skipIf(promtool === null)(
  'promtool accepts the rules, and finds nothing wrong with what is told',
  async () => {
    const check = (args: readonly string[], input = '') =>
      spawnSync(promtool ?? '', args, { input, encoding: 'utf8' });
    const rules = check(['check', 'rules', join(METRICS, 'alerts.yml')]);
    expect([rules.status, rules.stderr]).toEqual([0, '']);
    for (const text of await scrapes()) {
      // Names of prom-client's own metrics of a process are not ours to choose.
      const own = text.replace(/^(?:# (?:HELP|TYPE) )?nodejs_.*\n/gm, '');
      expect(check(['check', 'metrics'], own)).toMatchObject({ status: 0, stderr: '' });
    }
  },
);

test('the console shows the flow, and the way of a record from its offset to its row', async () => {
  const child = start('console', '--port', '0');
  let base = '';
  for await (const line of createInterface({ input: child.stdout ?? Readable.from([]) })) {
    base = /console is on (http:\S+)/.exec(line)?.[1] ?? '';
    if (base !== '') break;
  }
  const page = async (path: string): Promise<string> => (await fetch(`${base}${path}`)).text();
  const offsets = createKafkajsOffsets(parseConfig(env).kafka);
  const [[partition] = [0]] = [...(await offsets.ranges(UserActivity.topic))].filter(
    ([, { high }]) => high > 0n,
  );
  await offsets.close();
  const record = (offset: number): string =>
    `/record?topic=user_activity&partition=${partition}&offset=${offset}`;
  await expect
    .poll(() => page('/'), { timeout: 30_000, interval: 200 })
    .toMatch(/Everything flows[\s\S]*Tables and views are as the contracts say[\s\S]*user-activity/);
  expect(await page('/')).toMatch(/class="figure rows">.*Rows<\/span> <b>[1-9]/);
  await expect.poll(() => page(record(0)), { timeout: 20_000 }).toContain('It is a row');
  const found = await page(record(0));
  for (const says of [
    'with schema id',
    'The group has committed it',
    'Loaded at',
    'No letter of this record',
  ])
    expect(found).toContain(says);
  expect(found).not.toMatch(/ada|grace/);
  expect(await page(record(999_999))).toContain('Nothing was written');
  child.kill('SIGTERM');
  expect(await ended(child)).toBe(0);
});

/** What status says, once every service has answered it. */
async function askStatus() {
  const child = start('status', '--format', 'json');
  const [code, output] = await Promise.all([ended(child), text(child.stdout ?? Readable.from([]))]);
  const { verdict, sections } = JSON.parse(output) as StatusReport;
  const states = new Map(
    sections.flatMap(({ name, findings }) =>
      findings.map(({ what, state }) => [`${name}: ${what}`, state] as const),
    ),
  );
  for (const what of ['kafka', 'registry', 'redis', 'warehouse'])
    expect(states.get(`services: ${what}`), output).toBe('fine');
  const services = sections.find(({ name }) => name === 'services')?.findings ?? [];
  return { code, verdict, states, says: services.map(({ says }) => says).join('\n') };
}

test('status says that all is as the contracts say, how far each group is, and the releases of services', async () => {
  // A service of a busy machine may not answer in time: status says so, and is asked again.
  const { code, verdict, states, says } = await vi.waitFor(askStatus, { timeout: 50_000, interval: 100 });
  expect(says).toMatch(/Kafka \d\.\d/);
  expect(says).toMatch(/Apicurio \d/);
  expect(says).toMatch(/(?:Valkey|Redis) \d/);
  expect(states.get('topics: topics')).toBe('fine');
  expect(states.get('registry: contracts')).toBe('fine');
  expect(states.get('warehouse: tables')).toBe('fine');
  expect(states.get('dead letters: user-activity')).toBe('fine');
  expect(['fine', 'note']).toContain(states.get('groups: zoner-warehouse user-activity'));
  expect([code, verdict]).toEqual([0, 'fine']);
});

const json = { 'content-type': 'application/json' };

test.each<readonly [string, string, RequestInit, number]>([
  ['a body that is not JSON', '/v1/activity', { method: 'POST', headers: json, body: '{"eventId": ' }, 400],
  [
    'a body beyond the limit',
    '/v1/activity',
    { method: 'POST', headers: json, body: `"${'x'.repeat(600_000)}"` },
    413,
  ],
  ['deep nesting', '/v1/trips', { method: 'POST', headers: json, body: '['.repeat(200_000) }, 400],
  ['a form', '/v1/activity', { method: 'POST', body: new URLSearchParams({ a: '1' }) }, 415],
  ['a way out of the folder, encoded', '/assets/..%2f..%2fserver.ts', {}, 404],
  ['a path that is not well-formed', '/users/%', {}, 400],
])('%s is refused by the server that runs', async (_, path, request, status) => {
  const answer = await fetch(`${url}${path}`, request);
  expect([answer.status, await answer.json()]).toMatchObject([status, { status }]);
});

test('with authentication nobody reads or writes for another, and who asks too often is told when to come back', async () => {
  env = { ...env, ZONER_API_JWT_SECRET: SECRET };
  const base = await serve('--rate-limit', '4');
  env = { ...env, ZONER_API_JWT_SECRET: undefined };
  const sign = (sub: string, expires = '5m'): Promise<string> =>
    new SignJWT({ sub })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(expires)
      .sign(new TextEncoder().encode(SECRET));
  const ada = await sign('ada');
  const own = exampleActivity({ userId: 'ada' });
  const statuses = [
    (await post('/v1/activity', own, base)).status,
    (await post('/v1/activity', own, base, await sign('ada', '-1m'))).status,
    (await post('/v1/activity', own, base, await sign('eve'))).status,
    (await fetch(`${base}/users/ada`, { headers: { authorization: `Bearer ${await sign('eve')}` } })).status,
    (await post('/v1/activity', own, base, ada)).status,
  ];
  expect(statuses).toEqual([401, 401, 403, 403, 202]);
  for (let index = 0; index < 3; index += 1) await post('/v1/activity', own, base, ada);
  const refused = await post('/v1/activity', own, base, ada);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
});

test.each([
  ['headers without an end', `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(100_000)}`, 431],
  [
    'two lengths of one body',
    'POST /v1/activity HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
    400,
  ],
  [
    'a length and chunks',
    'POST /v1/activity HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['text that is not HTTP', 'hello\r\n\r\n', 400],
  ['no host', 'GET /health/live HTTP/1.1\r\n\r\n', 400],
])('%s is refused, and the server goes on', async (_, text, status) => {
  expect(await raw(text)).toContain(` ${status} `);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
});

test('a broker that is killed while batches arrive loses none that was acknowledged, and doubles none', async () => {
  const broker = String(services.env.KAFKA_BROKER);
  const kafka = processes.find(({ pid }) => commandOf(pid).includes('kafka.Kafka'));
  if (kafka === undefined) throw new Error('the broker is not among the processes');
  const [file = '', ...args] = commandOf(kafka.pid);
  for (const child of [folding, loading]) child.kill('SIGTERM');
  await Promise.all([folding, loading].map(ended));
  const first: string[] = [];
  const retried: string[] = [];
  const refusals = new Set<number>();
  const send = async (): Promise<void> => {
    const batch = Array.from({ length: 25 }, () => exampleActivity());
    let isRetry = false;
    for (;;) {
      const answer = await post('/v1/activity', batch);
      if (answer.status === 202) break;
      refusals.add(answer.status);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      isRetry = true;
      await sleep(200);
    }
    (isRetry ? retried : first).push(...batch.map(({ eventId }) => String(eventId)));
  };
  const client = async (): Promise<void> => {
    for (let index = 0; index < 12; index += 1) await send();
  };
  const clients = [client(), client(), client(), client()];
  while (first.length < 300) await sleep(5);
  process.kill(kafka.pid, 'SIGKILL');
  await sleep(1000);
  expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  children.push(spawn(file, args, { cwd: folder, stdio: 'ignore' }));
  while (
    await kafkaIsHealthy(broker).then(
      () => false,
      () => true,
    )
  )
    await sleep(100);
  await Promise.all(clients);

  const found = new Map<string, number>();
  for (const id of await eventsInTopic()) found.set(id, (found.get(id) ?? 0) + 1);
  expect([...first, ...retried].filter((id) => !found.has(id))).toEqual([]);
  expect(first.filter((id) => found.get(id) !== 1)).toEqual([]);
  expect(first.length + retried.length).toBe(4 * 12 * 25);
  process.stderr.write(`serve: ${first.length} accepted at once, ${retried.length} after ${[...refusals]}\n`);
});

test('while Redis is down reading is 503 with Retry-After and writing goes on, and reading comes back with it', async () => {
  const { port } = new URL(parseConfig(env).redis.url);
  // Valkey writes a title over its command.
  const redis = processes.find(({ pid }) => commandOf(pid).join(' ').includes(`:${port}`));
  if (redis === undefined) throw new Error('Valkey is not among the processes');
  const file = readlinkSync(`/proc/${redis.pid}/exe`);
  const data = readlinkSync(`/proc/${redis.pid}/cwd`);
  process.kill(redis.pid, 'SIGKILL');
  await expect.poll(async () => (await fetch(`${url}/v1/users/grace/trips`)).status).toBe(503);
  const answer = await fetch(`${url}/v1/users/grace/trips`);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await answer.text()).not.toContain('127.0.0.1');
  expect((await fetch(`${url}/users/grace`)).status).toBe(503);
  expect((await post('/v1/activity', exampleActivity())).status).toBe(202);
  const args = ['--port', port, '--bind', '127.0.0.1', '--dir', data, '--save', '', '--appendonly', 'yes'];
  children.push(spawn(file, args, { cwd: folder, stdio: 'ignore' }));
  await expect
    .poll(async () => (await fetch(`${url}/v1/users/grace/trips`)).status, { timeout: 20_000 })
    .toBe(200);
});

test('a server that is stopped answers what it has begun, and ends well', async () => {
  const base = await serve('--rate-limit', '1000000');
  const child = children.at(-1);
  if (child === undefined) throw new Error('no server');
  const end = ended(child);
  const body = Array.from({ length: 500 }, () => exampleActivity());
  const answers = Array.from({ length: 8 }, () =>
    post('/v1/activity', body, base).then(({ status }) => status),
  );
  await answers[0];
  child.kill('SIGTERM');
  const statuses = await Promise.all(answers.map((answer) => answer.catch(() => 'closed before it began')));
  expect(statuses.every((status) => status === 202 || status === 503 || typeof status === 'string')).toBe(
    true,
  );
  expect(statuses[0]).toBe(202);
  expect(await end).toBe(0);
});

function commandOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
}
