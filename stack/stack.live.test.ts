import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kafkaIsHealthy } from '#stack/health.ts';
import { isRunning, type ProcessIdentity } from '#stack/process-identity.ts';
import { runsFolder } from '#stack/run-folder.ts';

const PROGRAM = fileURLToPath(new URL('../cli/zoner.ts', import.meta.url));
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-stack-'));
});
afterEach(() => {
  zoner('stack', 'down');
  rmSync(folder, { recursive: true, force: true });
});

function zoner(...args: string[]) {
  // A Docker that can pull nothing comes first, so that these tests need none.
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  return spawnSync(process.execPath, [PROGRAM, ...args], { cwd: folder, env, encoding: 'utf8' });
}

const processes = (): readonly ProcessIdentity[] => {
  const state = readFileSync(join(folder, '.zoner', 'stack', 'state.json'), 'utf8');
  return (JSON.parse(state) as { processes: ProcessIdentity[] }).processes;
};

test('up returns when all services answer, prints their endpoints, and down ends them; without images there are processes', async () => {
  writeFileSync(join(folder, 'docker'), '#!/bin/sh\necho "pull access denied" >&2\nexit 1\n', {
    mode: 0o755,
  });
  expect(zoner('stack', 'status')).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('zoner stack up'),
  });
  const up = zoner('stack', 'up', '--docker', '--format', 'env');
  expect(up.stderr).toMatch(/pull access denied\nGoing on with local processes/);
  expect({ status: up.status, stderr: up.status === 0 ? '' : up.stderr }).toEqual({ status: 0, stderr: '' });
  const env = parseEnv(up.stdout);
  expect(Object.keys(env)).toEqual(
    expect.arrayContaining(['KAFKA_BROKER', 'SCHEMA_REGISTRY_URL', 'REDIS_URL', 'SNOWFLAKE_ACCESS_URL']),
  );
  await kafkaIsHealthy(env.KAFKA_BROKER ?? '');
  expect(zoner('stack', 'status').status).toBe(0);
  // Other commands find the endpoints by themselves.
  expect(zoner('recommend', 'nobody')).toMatchObject({ status: 0 });

  const running = processes();
  expect(running.filter(isRunning)).toHaveLength(4);
  expect(zoner('stack', 'up')).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('running already'),
  });
  expect(processes()).toEqual(running);
  expect(zoner('stack', 'down').stdout).toContain('stopped');
  expect(running.filter(isRunning)).toEqual([]);
});

test('a demo that is stopped by a signal ends every process and container that it started', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'demo'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await textOf(child, /Contracts: registry/);
  const { processes, containers } = startedBy(child.pid ?? 0);
  expect(processes.length + containers.length).toBe(4);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await ended;
  expect(processes.filter(isRunning)).toEqual([]);
  expect(containers.filter(isContainer)).toEqual([]);
});

interface Started {
  readonly processes: readonly ProcessIdentity[];
  readonly containers: readonly string[];
}

/** What a run wrote down as its own. */
function startedBy(owner: number): Started {
  const files = spawnSync('find', [runsFolder(), '-name', 'run.json'], { encoding: 'utf8' });
  const states = files.stdout
    .trim()
    .split('\n')
    .map((file) => JSON.parse(readFileSync(file, 'utf8')));
  return states.find((state) => state.owner.pid === owner) ?? { processes: [], containers: [] };
}

const isContainer = (id: string): boolean =>
  spawnSync('docker', ['container', 'inspect', id], { stdio: 'ignore' }).status === 0;

function textOf(child: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      if (pattern.test(text)) resolve();
    });
    child.once('exit', () => reject(new Error(`the program ended: ${text}`)));
  });
}
