import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stopProcess } from '#stack/local-process.ts';
import { identify, isRunning } from '#stack/process-identity.ts';
import { createRunFolder, sweepDeadRuns } from '#stack/run-folder.ts';

let base = '';
const pids: number[] = [];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'zoner-sweep-'));
});
afterEach(async () => {
  await Promise.all(pids.splice(0).map((pid) => stopProcess(identify(pid))));
  rmSync(base, { recursive: true, force: true });
});

/** A process that does nothing until it is ended. */
function idle() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  const pid = child.pid ?? 0;
  pids.push(pid);
  return identify(pid);
}

/** Rewrites a run's state as if another process had made it. */
function handOver(path: string, owner: ReturnType<typeof identify>): void {
  const file = join(path, 'run.json');
  const state = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...state, owner }));
}

test('a process is told from a later one with the same id', () => {
  const identity = idle();
  expect(isRunning(identity)).toBe(true);
  expect(isRunning({ ...identity, start: '1' })).toBe(false);
});

test('a process that was stopped runs no more, and stopping it again does no harm', async () => {
  const identity = idle();
  await stopProcess(identity);
  expect(isRunning(identity)).toBe(false);
  await stopProcess(identity);
});

test('what a killed run left is ended and removed by the next', async () => {
  const service = idle();
  const folder = createRunFolder(base);
  folder.recordProcess(service);
  handOver(folder.path, { pid: process.pid, start: '1' });
  await sweepDeadRuns(base);
  expect(isRunning(service)).toBe(false);
  expect(existsSync(folder.path)).toBe(false);
});

test('a run whose owner lives is left alone', async () => {
  const service = idle();
  const folder = createRunFolder(base);
  folder.recordProcess(service);
  await sweepDeadRuns(base);
  expect(isRunning(service)).toBe(true);
  expect(existsSync(folder.path)).toBe(true);
});

test('a process that took over the id of a service is not ended', async () => {
  const stranger = idle();
  const folder = createRunFolder(base);
  folder.recordProcess({ ...stranger, start: '1' });
  handOver(folder.path, { pid: process.pid, start: '1' });
  await sweepDeadRuns(base);
  expect(isRunning(stranger)).toBe(true);
});
