import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { liveEnvironment } from '#stack/live-environment.ts';

/**
 * What a team does in its own repository, with git, the real program and the real services: the commands of the README
 * and of the workflow files, as they are written there, in a clone with a branch.
 */

const RUN = randomBytes(4).toString('hex');
const PROGRAM = fileURLToPath(new URL('./zoner.ts', import.meta.url));
const SERVICES = /^(KAFKA|SCHEMA_REGISTRY|REDIS|SNOWFLAKE)_/;

let folder = '';
let clone = '';
let env: NodeJS.ProcessEnv = {};

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line as a shell does; `npx zoner` is the program of this repository. */
function sh(line: string, directory = clone): Promise<Ended> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], { cwd: directory, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

async function done(line: string, directory = clone): Promise<string> {
  const { code, stdout, stderr } = await sh(line, directory);
  expect({ code, stderr: code === 0 ? '' : `${stdout}${stderr}` }, line).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Files below a folder, each with its text changed. */
function rewrite(directory: string, change: (text: string) => string): void {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  }
}

const sleepSession = (): string => join(clone, 'schemas/user-activity/sleep-session.avsc');

function edit(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(path, 'utf8');
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  writeFileSync(path, changed);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-check-'));
  clone = join(folder, 'clone');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
  chmodSync(join(bin, 'npx'), 0o755);
  const services = Object.entries({ ...liveEnvironment(), SNOWFLAKE_DATABASE: `CHECK_${RUN.toUpperCase()}` });
  const settings = services.filter(
    ([name, value]) => SERVICES.test(name) && value !== undefined && value !== '',
  );
  // The settings are in a file, as a team has them, and not in the environment.
  const own = Object.entries(process.env).filter(([name]) => !SERVICES.test(name));
  const git = {
    GIT_AUTHOR_NAME: 'n',
    GIT_AUTHOR_EMAIL: 'n@e',
    GIT_COMMITTER_NAME: 'n',
    GIT_COMMITTER_EMAIL: 'n@e',
  };
  env = { ...Object.fromEntries(own), ...git, NO_COLOR: '1', PATH: `${bin}:${process.env.PATH}` };
  const origin = join(folder, 'origin');
  mkdirSync(origin);
  cpSync('schemas', join(origin, 'schemas'), { recursive: true });
  // Other live tests use the names of the example contracts, too.
  const names = [
    [/user_activity/g, `user_activity_${RUN}`],
    [/trip_plan/g, `trip_plan_${RUN}`],
    [/zoner\.(activity|travel)/g, `zoner.$1_${RUN}`],
  ] as const;
  rewrite(join(origin, 'schemas'), (text) =>
    names.reduce((each, [from, to]) => each.replace(from, to), text),
  );
  await done('npx zoner codegen', origin);
  await done('git init -q -b main && git add -A && git commit -qm one', origin);
  await done(`git clone -q ${origin} ${clone}`, folder);
  writeFileSync(join(clone, '.env.staging'), settings.map(([name, value]) => `${name}=${value}\n`).join(''));
  // main goes on after the branch has left it: the check has to compare with where it left.
  await done('git switch -qc change');
  edit(join(origin, 'schemas/trip-plan/contract.json'), '"FULL_TRANSITIVE"', '"BACKWARD"');
  await done('git commit -qam two', origin);
  await done('git fetch -q');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The commands in the code blocks of a section of the README, without their comments. */
function commandsOf(section: string): readonly string[] {
  const readme = readFileSync('README.md', 'utf8');
  const text = readme.split(/^## /m).find((each) => each.startsWith(section)) ?? '';
  return text.split('\n').flatMap((line) => (line.startsWith('npx ') ? [line.replace(/ +# .*$/, '')] : []));
}

describe('on a fresh clone', { timeout: 180_000 }, () => {
  test('every command of the README says that nothing is wrong', async () => {
    const commands = commandsOf('Check compatibility in CI');
    expect(commands.length).toBeGreaterThan(10);
    for (const command of commands) await done(command);
    const { code, stdout } = await sh('git status --porcelain');
    expect([code, stdout.split('\n').filter((line) => line !== '')]).toEqual([
      0,
      expect.arrayContaining(['?? adopted/', '?? schemas/registry.lock.json']),
    ]);
    await done('rm -r adopted && git add schemas && git commit -qm lock');
  });

  test('what was applied is there: applying again changes nothing, and pulling leaves the lock as it is', async () => {
    expect(await done('npx zoner registry apply --env staging')).toContain('registry: 0 changes made');
    expect(await done('npx zoner registry pull --env staging')).toContain('unchanged');
    const lock: unknown = JSON.parse(readFileSync(join(clone, 'schemas/registry.lock.json'), 'utf8'));
    expect(JSON.stringify(lock)).not.toMatch(/127\.0\.0\.1|password/i);
    expect(lock).toMatchObject({
      environments: { staging: { [`user_activity_${RUN}-value`]: { 1: expect.any(Number) } } },
    });
  });
});

describe('on a branch with changes', { timeout: 180_000 }, () => {
  test('a change that breaks fails each check, names its line, and cannot be applied', async () => {
    edit(
      sleepSession(),
      /"type": \["null", "int"\],(\n *"doc": "How often [^\n]*),\n *"default": null/,
      '"type": "int",$1',
    );
    const lines = readFileSync(sleepSession(), 'utf8').split('\n');
    const line = lines.findIndex((each) => each.includes('"awakenings"')) + 2;
    for (const against of ['--base origin/main', '', '--registry --env staging']) {
      const { code, stdout } = await sh(`npx zoner check ${against} --format github`);
      expect([against, code]).toEqual([against, 1]);
      expect(stdout).toContain(`::error file=schemas/user-activity/sleep-session.avsc,line=${line},`);
      expect(stdout).toContain('title=MADE_REQUIRED');
    }
    const refused = await sh('npx zoner apply --env staging');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('MADE_REQUIRED')]);
    expect(await sh('npx zoner registry apply --env staging')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('CHECK_REFUSED'),
    });
    await done('git checkout -q schemas');
  });

  test('the commands of both workflow files pass a compatible change, and say what it does', async () => {
    edit(sleepSession(), '"REM"', '"REM", "N3"');
    await done('npx zoner codegen && git commit -qam "more stages"');
    const github = readFileSync('.github/workflows/contracts.yml', 'utf8');
    const gitlab = readFileSync('.gitlab-ci.yml', 'utf8');
    const commands = [
      ...`${github}\n${gitlab}`.matchAll(/^ *(?:- run:|run:|-) ((?:npx zoner|git) .*)$/gm),
    ].map(([, each]) => each);
    expect(commands).toHaveLength(9);
    env = {
      ...env,
      GITHUB_BASE_REF: 'main',
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
    };
    for (const command of commands) await done(command ?? '');
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('ENUM_SYMBOL_ADDED');
    expect(JSON.parse(readFileSync(join(clone, 'code-quality.json'), 'utf8'))).toMatchObject([
      { check_name: 'ENUM_SYMBOL_ADDED' },
    ]);
    expect(readFileSync(join(clone, 'junit.xml'), 'utf8')).toContain('failures="0"');
  });

  test('the merge base counts, not what main became since', async () => {
    const { stdout } = await sh('npx zoner check --base origin/main');
    expect(stdout).not.toContain('The level was');
    expect((await sh('npx zoner check --base nowhere')).code).toBe(3);
  });

  test('drift is what somebody did to the registry beside the repository', async () => {
    const { SCHEMA_REGISTRY_URL: url } = liveEnvironment();
    const subject = `trip_plan_${RUN}-value`;
    await fetch(`${url}/config/${subject}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ compatibility: 'NONE' }),
    });
    expect(await sh('npx zoner registry drift --env staging')).toMatchObject({
      code: 2,
      stdout: expect.stringContaining(`${subject}: level is NONE, the contract says FULL_TRANSITIVE`),
    });
    expect((await sh('npx zoner plan --env staging')).code).toBe(2);
    await done('npx zoner apply --env staging');
    await done('npx zoner registry drift --env staging');
  });
});
