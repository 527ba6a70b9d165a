import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';

/** The installer, with tools of this test's own on its path: it downloads nothing. */

const INSTALLER = fileURLToPath(new URL('./install.mjs', import.meta.url));
// Each runs several processes, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000 });

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-install-'));
  mkdirSync(join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A tool that is there if it is asked for its version; otherwise it writes down that it ran, and runs this script. */
function tool(name: string, script: string): void {
  const path = join(folder, 'bin', name);
  const start = `#!/bin/sh\ncase "$*" in *--version) exit 0;; esac\necho "$@" >> "${callsOf(name)}"\n`;
  // One that runs may be replaced, and not written to.
  writeFileSync(`${path}.new`, `${start}${script}\n`, { mode: 0o755 });
  renameSync(`${path}.new`, path);
}

const callsOf = (name: string): string => join(folder, `${name}.calls`);

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

test('a machine without a tool is told in one sentence what to install, before anything is downloaded', () => {
  tool('python3', '');
  const env = { ...environment(), PATH: join(folder, 'bin') };
  const { status, stderr } = spawnSync(process.execPath, [INSTALLER], { env, encoding: 'utf8' });
  expect(status).toBe(3);
  expect(stderr).toMatch(/^zoner: To download the services, install Maven 3 \(mvn\)\. Or .*\n$/);
  expect(existsSync(callsOf('python3'))).toBe(false);
});

test('every tool that is missing is named at once', () => {
  const env = { ...environment(), PATH: join(folder, 'bin') };
  const { stderr } = spawnSync(process.execPath, [INSTALLER], { env, encoding: 'utf8' });
  expect(stderr).toContain('install Maven 3 (mvn) and Python 3 with pip (python3, python3-pip).');
});

test('a tool is not asked for if the services that need it are somewhere else', () => {
  tool('python3', '');
  const env = {
    ...environment(),
    PATH: join(folder, 'bin'),
    KAFKA_BROKER: 'k:9092',
    SCHEMA_REGISTRY_URL: 'http://r',
  };
  expect(spawnSync(process.execPath, [INSTALLER], { env, encoding: 'utf8' })).toMatchObject({ status: 0 });
  expect(cached()).toEqual([expect.stringMatching(/^python-/)]);
});

test('a cache folder that cannot be made is named', () => {
  tool('mvn', MAVEN);
  tool('python3', '');
  writeFileSync(join(folder, 'cache'), 'a file');
  const { status, stderr } = install();
  expect(status).toBe(3);
  expect(stderr).toMatch(/^zoner: cannot install: .*cache.*\n$/);
});

test('a wrong ZONER_STACK is refused', () => {
  const env = { ...environment(), ZONER_STACK: 'podman' };
  const result = spawnSync(process.execPath, [INSTALLER], { env, encoding: 'utf8' });
  expect(result).toMatchObject({
    status: 3,
    stderr: 'zoner: ZONER_STACK is local or docker, not "podman".\n',
  });
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

test('a tool that fails is quoted, with the reason and without its advice about itself', () => {
  const advice = '[ERROR] Re-run Maven using the -X switch to enable full debug logging.\\n[ERROR] \\n\\n';
  tool('mvn', `printf '\\033[1m[ERROR] repository unreachable\\033[0m\\n${advice}'; exit 1`);
  tool('python3', '');
  const { status, stderr } = install();
  expect(status).toBe(3);
  expect(stderr).toMatch(/it said:\n {2}\[ERROR\] repository unreachable\nRun the command again/);
});

/** Starts an install, and ends it with this signal as soon as Maven works. */
async function interrupt(signal: NodeJS.Signals): Promise<void> {
  const child = spawn(process.execPath, [INSTALLER], { env: environment(), stdio: 'ignore' });
  while (!existsSync(callsOf('mvn'))) await new Promise((resolve) => setTimeout(resolve, 10));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

test('an install that is interrupted ends its tools, leaves nothing broken, and the next one goes on', async () => {
  tool('mvn', `${MAVEN}\nsleep 60`);
  tool('python3', '');
  await interrupt('SIGINT');
  expect(cached().some((entry) => /^(kafka|registry)-/.test(entry))).toBe(false);
  tool('mvn', MAVEN);
  expect(install()).toMatchObject({ status: 0 });
  expect(cached()).toEqual(complete);
});

test('a tool that does not listen to a Ctrl-C is killed', async () => {
  tool('mvn', `trap '' INT TERM\n${MAVEN}\nsleep 60 & sleep 60`);
  tool('python3', '');
  await interrupt('SIGINT');
  tool('mvn', MAVEN);
  expect(install()).toMatchObject({ status: 0, stderr: expect.not.stringContaining('waiting for it') });
  expect(cached()).toEqual(complete);
});

test('an install that is killed leaves nothing broken, and the next one waits for tools that still work', async () => {
  tool('mvn', `${MAVEN}\nsleep 3; echo the last >> "${callsOf('mvn')}"`);
  tool('python3', '');
  await interrupt('SIGKILL');
  expect(cached().some((entry) => /^(kafka|registry)-/.test(entry))).toBe(false);
  tool('mvn', MAVEN);
  expect(install()).toMatchObject({ status: 0, stderr: expect.stringContaining('waiting for it') });
  expect(cached()).toEqual(complete);
  const calls = readFileSync(callsOf('mvn'), 'utf8').trim().split('\n');
  expect(calls.slice(-2).every((call) => call.includes('-DoutputDirectory'))).toBe(true);
});

test('a lock is taken over from a process that is gone, even if another one has its id now', () => {
  tool('mvn', MAVEN);
  tool('python3', '');
  const lock = join(folder, 'cache', 'zoner', 'install.lock');
  mkdirSync(lock, { recursive: true });
  writeFileSync(join(lock, String(process.pid)), 'another start');
  expect(install()).toMatchObject({ status: 0 });
  expect(cached()).toEqual(complete);
});

test.skipIf(!existsSync('/proc/self/stat'))(
  'a lock is taken over from a process that has ended, even if nobody collects it',
  async () => {
    tool('mvn', MAVEN);
    tool('python3', '');
    // `exec` leaves the process, once it has ended, to one that never asks for it. A shell would ask.
    const parent = spawn('sh', ['-c', 'sleep 2 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill());
    const [printed] = await once(parent.stdout, 'data');
    const ended = String(printed).trim();
    const stat = await vi.waitUntil(() => / Z .*/.exec(readFileSync(`/proc/${ended}/stat`, 'utf8'))?.[0], {
      timeout: 20_000,
    });
    const lock = join(folder, 'cache', 'zoner', 'install.lock');
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, ended), stat.trim().split(' ')[19] ?? '');
    expect(install()).toMatchObject({ status: 0 });
    expect(cached()).toEqual(complete);
  },
);

test('two installs at once download once', async () => {
  tool('mvn', MAVEN);
  tool('python3', '');
  const both = [0, 1].map(() => {
    const child = spawn(process.execPath, [INSTALLER], { env: environment(), stdio: 'ignore' });
    return new Promise((resolve) => child.once('exit', resolve));
  });
  expect(await Promise.all(both)).toEqual([0, 0]);
  expect(readFileSync(callsOf('mvn'), 'utf8').trim().split('\n')).toHaveLength(2);
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
