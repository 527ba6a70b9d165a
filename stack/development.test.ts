import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claim, type DevelopmentStack, findStack, renderEnv, stackDown } from '#stack/development.ts';
import { stopProcess } from '#stack/local-process.ts';
import { identify, isRunning, type ProcessIdentity } from '#stack/process-identity.ts';

let folder = '';
const idlers: ProcessIdentity[] = [];
const ended: ProcessIdentity = { pid: process.pid, start: '1' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-development-'));
});
afterEach(async () => {
  await Promise.all(idlers.splice(0).map(stopProcess));
  rmSync(folder, { recursive: true, force: true });
});

/** A process that does nothing until it is ended. */
function idle(): ProcessIdentity {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  const identity = identify(child.pid ?? 0);
  idlers.push(identity);
  return identity;
}

const stackOf = (over: Partial<DevelopmentStack>): DevelopmentStack => ({
  processes: [],
  reports: [],
  env: {},
  isComposed: false,
  starter: null,
  ...over,
});

const stateFile = () => join(folder, '.zoner', 'stack', 'state.json');

function leave(text: string): void {
  mkdirSync(join(folder, '.zoner', 'stack'), { recursive: true });
  writeFileSync(stateFile(), text);
}

const leaveStack = (over: Partial<DevelopmentStack>): void => leave(JSON.stringify(stackOf(over)));

test('a folder without a stack has none, and stopping it does no harm', async () => {
  expect(findStack(folder)).toBe(null);
  expect(await stackDown(folder)).toBe(false);
});

test('a stack is found while one of its processes runs', async () => {
  leaveStack({ processes: [ended, idle()] });
  expect(findStack(folder)?.processes).toHaveLength(2);
  expect(await stackDown(folder)).toBe(true);
  expect(findStack(folder)).toBe(null);
});

test('of two commands that start a stack in one folder, one is refused', async () => {
  const mine = stackOf({ starter: identify(process.pid) });
  const outcomes = await Promise.allSettled([claim(folder, mine), claim(folder, mine)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('a stack that runs is not replaced', async () => {
  const service = idle();
  leaveStack({ processes: [service] });
  await expect(claim(folder, stackOf({}))).rejects.toMatchObject({ code: 'STACK_START' });
  expect(isRunning(service)).toBe(true);
});

test('what a start that was killed has left is no stack, is ended by the next one, and by `down`', async () => {
  const first = idle();
  leaveStack({ processes: [first], starter: ended });
  expect(findStack(folder)).toBe(null);
  await claim(folder, stackOf({ starter: identify(process.pid) }));
  expect(isRunning(first)).toBe(false);
  expect(JSON.parse(readFileSync(stateFile(), 'utf8'))).toMatchObject({ starter: { pid: process.pid } });

  const second = idle();
  leaveStack({ processes: [second], starter: ended });
  expect(await stackDown(folder)).toBe(true);
  expect(isRunning(second)).toBe(false);
});

test('a state that cannot be read is no stack, and does not keep the next one from starting', async () => {
  leave('{"processes": [');
  expect(findStack(folder)).toBe(null);
  await claim(folder, stackOf({}));
  expect(JSON.parse(readFileSync(stateFile(), 'utf8'))).toEqual(stackOf({}));
});

test('endpoints are written as a shell reads them', () => {
  expect(renderEnv({ KAFKA_BROKER: '127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:2' })).toBe(
    'KAFKA_BROKER=127.0.0.1:1\nREDIS_URL=redis://127.0.0.1:2\n',
  );
});
