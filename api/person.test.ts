import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { apiHarness, type Harness } from '#api/testing/api-harness.ts';
import { accepted, flight, nights } from '#recommendations/advice/person-examples.ts';
import { createActivityFold, createTripFold } from '#recommendations/fold.ts';

const ZONE = 'Europe/Berlin';
const NOW = Date.parse('2026-03-16T09:00:00Z');
const SIGNAL = new AbortController().signal;
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function withPerson(settings: Parameters<typeof apiHarness>[0] = {}): Promise<Harness> {
  const harness = await apiHarness({ now: NOW, ...settings });
  closers.push(() => harness.app.close());
  await createActivityFold(harness.people).write(accepted(nights('2026-03-16T06:00:00Z', 14, ZONE)), SIGNAL);
  return harness;
}

async function listen({ app }: Harness): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

test('a person’s recommendations, clock and trips are told in local and universal time', async () => {
  const { app, people } = await withPerson();
  const trip = flight(ZONE, 'America/New_York', '2026-04-10T10:00:00Z', '2026-04-10T19:00:00Z');
  await createTripFold(people).write(accepted([trip]), SIGNAL);
  const read = async (what: string) => (await app.inject(`/v1/users/ada/${what}`)).json();
  const recommendations = await read('recommendations');
  expect(recommendations).toMatchObject({ userId: 'ada', timeZone: ZONE, confidence: 'good' });
  expect(recommendations.windows.map(({ kind }: { kind: string }) => kind)).toContain('sleep');
  const { nights: clock } = await read('circadian');
  expect(clock.length).toBeGreaterThanOrEqual(12);
  for (const { dlmo, cbtMin } of clock) expect(Date.parse(cbtMin) - Date.parse(dlmo)).toBe(7 * 3_600_000);
  expect((await read('trips')).trips).toMatchObject([
    {
      origin: ZONE,
      destination: 'America/New_York',
      departsAt: '2026-04-10T10:00:00.000Z',
      status: 'PLANNED',
    },
  ]);
});

test('of somebody unknown nothing is told', async () => {
  const { app } = await withPerson();
  for (const what of ['recommendations', 'circadian', 'trips'])
    expect((await app.inject(`/v1/users/eve/${what}`)).statusCode).toBe(404);
});

test('what is known of a person is told to nobody else, unless a scope allows it', async () => {
  const asked = async (userId: string, scope: string): Promise<readonly number[]> => {
    const authenticate = async () => ({ userId, scopes: new Set([scope]), expiresAt: null });
    const { app } = await withPerson({ authenticate });
    const answers = ['recommendations', 'circadian', 'trips'].map((what) =>
      app.inject(`/v1/users/ada/${what}`),
    );
    return (await Promise.all(answers)).map(({ statusCode }) => statusCode);
  };
  expect(await asked('ada', '')).toEqual([200, 200, 200]);
  expect(await asked('eve', 'zoner:write')).toEqual([403, 403, 403]);
  expect(await asked('eve', 'zoner:read')).toEqual([200, 200, 200]);
});

/** What a stream says until `isEnough`. */
function stream(
  port: number,
  isEnough: (text: string) => boolean,
  headers = {},
  query = '',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request: ClientRequest = get(
      { port, path: `/v1/users/ada/events${query}`, headers },
      (answer: IncomingMessage) => {
        let text = '';
        answer.on('data', (data) => {
          text += String(data);
          if (isEnough(text)) request.destroy();
        });
        answer.on('close', () => resolve(text));
      },
    );
    request.on('error', (error) => (request.destroyed ? undefined : reject(error)));
  });
}

const QUICK = { pollMs: 10, heartbeatMs: 20, slowMs: 50, mostReaders: 300 };

test('a change is told to those who listen, with heartbeats in between, and one who comes back hears what was missed', async () => {
  const harness = await withPerson({ options: { streamLimits: QUICK } });
  const port = await listen(harness);
  const listening = stream(port, (text) => text.includes('event: changed'));
  await stream(port, (text) => text.includes('id: 1') && text.includes('\n:\n'));
  await createActivityFold(harness.people).write(accepted(nights('2026-03-17T06:00:00Z', 1, ZONE)), SIGNAL);
  expect(await listening).toContain('id: 2\nevent: changed\ndata: {"version":2}\n\n');
  expect(await stream(port, (text) => text.includes('data'), { 'last-event-id': '1' })).toContain(
    'id: 2\nevent: changed',
  );
});

test('one who comes for the first time hears what changed since the version that it knows', async () => {
  const harness = await withPerson({ options: { streamLimits: QUICK } });
  const port = await listen(harness);
  await createActivityFold(harness.people).write(accepted(nights('2026-03-17T06:00:00Z', 1, ZONE)), SIGNAL);
  const heard = await stream(port, (text) => text.includes('id: 2'), {}, '?after=1');
  expect(heard).toContain('id: 2\nevent: changed');
});

test('a stream says nothing of a change that its reader knows', async () => {
  const harness = await withPerson({ options: { streamLimits: QUICK } });
  const port = await listen(harness);
  const text = await stream(port, (so) => so.split('\n:\n').length > 3, { 'last-event-id': '1' });
  expect(text).not.toContain('changed');
});

test('a stream ends with the token that opened it', async () => {
  const authenticate = async () => ({ userId: 'ada', scopes: new Set<string>(), expiresAt: NOW + 1000 });
  let now = NOW;
  const harness = await withPerson({ authenticate, clock: () => now, options: { streamLimits: QUICK } });
  const port = await listen(harness);
  const ended = stream(port, () => {
    now = NOW + 1000;
    return false;
  });
  expect(await ended).toContain('retry: 2000');
});

test('readers beyond the limit are refused, and make room when they leave', async () => {
  const harness = await withPerson({ options: { streamLimits: { ...QUICK, mostReaders: 1 } } });
  const port = await listen(harness);
  const status = (): Promise<number | undefined> =>
    new Promise((resolve) => {
      const request = get({ port, path: '/v1/users/ada/events' }, (answer) => {
        resolve(answer.statusCode);
        if (answer.statusCode === 200) closers.push(() => request.destroy());
      });
      request.on('error', () => {});
    });
  expect([await status(), await status()]).toEqual([200, 503]);
  await closers.pop()?.();
  while ((await status()) !== 200);
});

test('200 readers that take nothing are let be, others hear at once, and closing ends them all', async () => {
  const harness = await withPerson({ options: { streamLimits: QUICK } });
  const port = await listen(harness);
  const sockets: Socket[] = [];
  closers.push(() => sockets.map((socket) => socket.destroy()));
  for (let index = 0; index < 200; index += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write('GET /v1/users/ada/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    sockets.push(socket);
  }
  const listening = stream(port, (text) => text.includes('event: changed'), { 'last-event-id': '1' });
  await createActivityFold(harness.people).write(accepted(nights('2026-03-17T06:00:00Z', 1, ZONE)), SIGNAL);
  expect(await listening).toContain('event: changed');
  await harness.app.close();
  const ended = sockets.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve)));
  await Promise.all(ended);
});
