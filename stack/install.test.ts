import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** The installer, with tools of this test's own on its path: it downloads nothing. */

const INSTALLER = fileURLToPath(new URL('./install.mjs', import.meta.url));
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-install-'));
  mkdirSync(join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A tool that writes down that it ran, then runs this shell script. */
function tool(name: string, script: string): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/sh\necho "$@" >> "${join(folder, `${name}.calls`)}"\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Fills the folder that follows -DoutputDirectory= with an archive and a jar. */
const MAVEN = `for arg in "$@"; do case "$arg" in -DoutputDirectory=*) out="\${arg#*=}";; esac; done
mkdir -p "$out/app" && echo jar > "$out/app/x.jar" && tar czf "$out/a.tar.gz" -C "$out/app" x.jar`;

const environment = () => ({
  PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
  HOME: folder,
  XDG_CACHE_HOME: join(folder, 'cache'),
  ZONER_STACK: 'local',
});

function install(args: readonly string[] = []) {
  return spawnSync(process.execPath, [INSTALLER, ...args], { env: environment(), encoding: 'utf8' });
}

const cached = (): string[] => readdirSync(join(folder, 'cache', 'zoner')).sort();
const complete = [/^kafka-/, /^python-/, /^registry-/].map((pattern) => expect.stringMatching(pattern));

test('what is missing is downloaded once, and never asked for again', () => {
  tool('mvn', MAVEN);
  tool('python3', '');
  expect(install()).toMatchObject({ status: 0 });
  expect(cached()).toEqual(complete);
  rmSync(join(folder, 'bin'), { recursive: true });
  expect(install()).toMatchObject({ status: 0, stderr: '' });
});

test('a machine without a tool is told in one sentence what to install', () => {
  tool('python3', '');
  writeFileSync(join(folder, 'bin', 'tar'), '');
  const env = { ...environment(), PATH: join(folder, 'bin') };
  const { status, stderr } = spawnSync(process.execPath, [INSTALLER], { env, encoding: 'utf8' });
  expect(status).toBe(3);
  expect(stderr).toContain('install Maven 3. Or start a Docker engine');
  expect(stderr).not.toContain('at ');
});

test('a full disk is named as such, and leaves nothing that looks complete', () => {
  tool('mvn', 'echo "No space left on device" >&2; exit 1');
  tool('python3', '');
  const { status, stderr } = install();
  expect({ status, full: stderr.includes('the disk is full') }).toEqual({ status: 3, full: true });
  expect(cached().filter((entry) => /^(kafka|registry)|partial/.test(entry))).toEqual([]);
  tool('mvn', MAVEN);
  expect(install()).toMatchObject({ status: 0 });
});

test('a tool that fails is quoted, in its own last words', () => {
  tool('mvn', 'echo "repository unreachable"; exit 1');
  tool('python3', '');
  expect(install().stderr).toContain('repository unreachable');
});

test('an install that is interrupted leaves nothing broken, and the next one goes on', async () => {
  tool('mvn', `${MAVEN}\nsleep 30`);
  tool('python3', '');
  const child = spawn(process.execPath, [INSTALLER], { env: environment(), stdio: 'ignore' });
  const calls = join(folder, 'mvn.calls');
  while (!existsSync(calls)) await new Promise((resolve) => setTimeout(resolve, 10));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(cached().some((entry) => /^(kafka|registry)-/.test(entry))).toBe(false);
  tool('mvn', MAVEN);
  expect(install()).toMatchObject({ status: 0 });
  expect(cached()).toEqual(complete);
});

test('two installs at once download once', async () => {
  tool('mvn', MAVEN);
  tool('python3', '');
  const both = [0, 1].map(() => {
    const child = spawn(process.execPath, [INSTALLER], { env: environment(), stdio: 'ignore' });
    return new Promise((resolve) => child.once('exit', resolve));
  });
  expect(await Promise.all(both)).toEqual([0, 0]);
  const { stdout } = spawnSync('wc', ['-l', join(folder, 'mvn.calls')], { encoding: 'utf8' });
  expect(stdout.trim()).toMatch(/^2 /);
});

test('nothing is downloaded for services that the environment names', () => {
  const given = { KAFKA_BROKER: 'k:9092', SCHEMA_REGISTRY_URL: 'http://r', REDIS_URL: 'redis://r' };
  const result = spawnSync(process.execPath, [INSTALLER], {
    env: { ...environment(), ...given },
    encoding: 'utf8',
  });
  expect(result).toMatchObject({ status: 0, stderr: '' });
});

test("the script's exit code is the installer's", () => {
  const given = { KAFKA_BROKER: 'k:9092', SCHEMA_REGISTRY_URL: 'http://r', REDIS_URL: 'redis://r' };
  const env = { ...environment(), ...given };
  const args = [INSTALLER, 'cli/zoner.ts', 'no-such-command'];
  expect(spawnSync(process.execPath, args, { env, encoding: 'utf8' })).toMatchObject({ status: 64 });
});
