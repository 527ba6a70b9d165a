import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  isPortTaken,
  type LocalProcess,
  startProcess,
  stopProcess,
  waitUntilReady,
} from '#stack/local-process.ts';
import { isRunning, startOf } from '#stack/process-identity.ts';

const UNTIL_ENDED = new AbortController().signal;
let folder = '';
const started: LocalProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-process-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map(({ identity }) => stopProcess(identity)));
  rmSync(folder, { recursive: true, force: true });
});

/** A process that runs this JavaScript, and writes what it says into its log. */
async function run(script: string): Promise<LocalProcess> {
  const child = await startProcess(process.execPath, ['-e', script], folder, join(folder, 'log'));
  started.push(child);
  return child;
}

const readiness = { name: 'the service', says: /^ready/m, isHealthy: () => Promise.resolve() };

async function failureOf(child: LocalProcess, deadlineMs?: number): Promise<unknown> {
  return waitUntilReady(child, UNTIL_ENDED, readiness, deadlineMs).catch((error: unknown) => error);
}

test('a process that says it is ready and answers is ready', async () => {
  const child = await run('console.log("ready"); setInterval(() => {}, 1e6)');
  await waitUntilReady(child, UNTIL_ENDED, readiness);
  expect(isRunning(child.identity)).toBe(true);
});

test('what answers on the port is not taken for a service that does not say it is ready', async () => {
  const child = await run('setInterval(() => {}, 1e6)');
  expect(await failureOf(child, 300)).toMatchObject({
    code: 'STACK_START',
    message: expect.stringContaining('the service did not become healthy (it does not say that it is ready)'),
  });
});

test('a process that ends while it starts is told with the end of its log', async () => {
  const failure = await failureOf(await run('console.log("no licence"); process.exit(1)'));
  expect(failure).toMatchObject({
    code: 'STACK_START',
    message: expect.stringMatching(/log .*:\n {2}no licence$/),
  });
  expect(isPortTaken(failure)).toBe(false);
});

test('a port that somebody else took is told from other failures', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const port = (other.address() as { port: number }).port;
  const child = await run(`require('net').createServer().listen(${port}, '127.0.0.1')`);
  expect(isPortTaken(await failureOf(child))).toBe(true);
  other.close();
});

test('a program that the system cannot run is named', async () => {
  const missing = join(folder, 'no-such-program');
  await expect(startProcess(missing, [], folder, join(folder, 'log'))).rejects.toMatchObject({
    code: 'STACK_START',
    message: expect.stringContaining(missing),
  });
});

test('a process has one start, with and without /proc, and none when it is over', async () => {
  const { identity } = await run('setInterval(() => {}, 1e6)');
  const first = startOf(identity.pid, false);
  expect(first).toMatch(/\d\d:\d\d:\d\d \d{4}$/);
  expect(startOf(identity.pid, false)).toBe(first);
  await stopProcess(identity);
  expect([startOf(identity.pid, false), startOf(identity.pid)]).toEqual([null, null]);
});
