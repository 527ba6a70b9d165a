import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createProgram } from '#cli/program.ts';
import type { Shell } from '#cli/shell.ts';
import { EMPTY_LOCK } from '#contract/lock/lock.ts';
import { lockText } from '#contract/lock/lock-text.ts';
import { mergeIntoLock } from '#contract/lock/merge-lock.ts';
import { isZonerError } from '#core/errors.ts';
import { startTestServer } from '#registry/test-server.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-check-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const schema = (...fields: readonly string[]): string =>
  JSON.stringify({
    type: 'record',
    name: 'Nap',
    fields: ['user', ...fields].map((name) => ({ name, type: 'string' })),
  });

function contract(name: string, level = 'FULL', fields: readonly string[] = []): void {
  const settings = { topic: name, key: 'user', compatibility: level, table: name };
  write(`schemas/${name}/contract.json`, JSON.stringify(settings));
  write(`schemas/${name}/${name}.avsc`, schema(...fields).replaceAll('Nap', name));
}

/** Runs a command in the folder; answers its exit code, or the code of its error, and what it printed. */
async function zoner(...args: string[]): Promise<readonly [end: number | string, printed: string]> {
  return zonerWith({}, ...args);
}

async function zonerWith(
  env: Shell['env'],
  ...args: string[]
): Promise<readonly [end: number | string, printed: string]> {
  const lines: string[] = [];
  const shell: Shell = {
    env,
    directory: folder,
    signal: new AbortController().signal,
    interactive: false,
    clear: () => undefined,
    print: (text) => void lines.push(text),
    tell: (text) => void lines.push(text),
    style: (_, text) => text,
  };
  const end = await createProgram(shell)
    .run(args)
    .catch((error: unknown) => {
      if (!isZonerError(error)) throw error;
      lines.push(error.message);
      return `${error.exitCode} ${error.code}`;
    });
  return [end, lines.join('\n')];
}

function git(...args: readonly string[]): void {
  const identity = ['-c', 'user.name=n', '-c', 'user.email=n@e'];
  execFileSync('git', ['-C', folder, ...identity, ...args], { stdio: 'ignore' });
}

function commit(): void {
  git('add', '-A');
  git('commit', '-qm', 'x');
}

test('without a lock there is nothing to judge by, and the way out is named', async () => {
  contract('naps');
  expect(await zoner('check')).toEqual([
    '3 LOCK_MISSING',
    expect.stringContaining('schemas/registry.lock.json'),
  ]);
});

test('the lock says which version breaks, by the id of the environment', async () => {
  contract('naps', 'FULL_TRANSITIVE', ['depth']);
  const text = schema().replaceAll('Nap', 'naps');
  const versions = [{ subject: 'naps-value', version: 1, id: 7, text, references: [] }];
  const lock = mergeIntoLock(EMPTY_LOCK, 'production', [{ subject: 'naps-value', level: 'FULL', versions }]);
  write('schemas/registry.lock.json', lockText(lock));
  const [end, printed] = await zoner('check');
  expect(end).toBe(1);
  expect(printed).toContain('backward broken by version 1 (id 7)');
  expect(printed).toContain('READER_FIELD_MISSING_DEFAULT_VALUE at /fields/1');
});

test('a schema that does not parse is wrong input, at its place', async () => {
  contract('naps');
  write('schemas/naps/naps.avsc', '{"type":"record","name":"Nap","fields":[{}]}');
  expect(await zoner('check')).toEqual(['64 SCHEMA_INVALID', expect.stringContaining('naps/naps.avsc:1:')]);
});

test('git gives the state that the branch left, whatever became of main since', async () => {
  contract('naps');
  contract('gone');
  contract('weaker');
  git('init', '-q', '-b', 'main');
  commit();
  git('switch', '-qc', 'change');
  rmSync(join(folder, 'schemas/gone'), { recursive: true });
  contract('weaker', 'NONE');
  contract('fresh');
  commit();
  git('switch', '-q', 'main');
  contract('naps', 'FULL', ['depth']);
  commit();
  git('switch', '-q', 'change');
  const [end, printed] = await zoner('check', '--base', 'main');
  expect(end).toBe(0);
  expect(printed).toContain('naps  naps-value, FULL: unchanged, 1 version');
  expect(printed).toContain('fresh-value is new');
  expect(printed).toMatch(/The level was FULL at main \(\w{7}\); this check keeps NONE\./);
  expect(printed).toContain(
    'gone: The contract was removed; its topic gone, subjects and table stay as they are.',
  );
});

test('a revision that is not there, and a folder without git, cannot be judged by', async () => {
  contract('naps');
  expect((await zoner('check', '--base', 'main'))[0]).toBe('3 GIT_UNAVAILABLE');
  git('init', '-q', '-b', 'main');
  commit();
  expect((await zoner('check', '--base', 'nowhere'))[0]).toBe('3 GIT_UNAVAILABLE');
  expect((await zoner('check', '--base', '--output=x'))[0]).toBe('3 GIT_UNAVAILABLE');
});

test('a base whose contracts are broken is told as such', async () => {
  contract('naps');
  write('schemas/naps/naps.avsc', '{');
  git('init', '-q', '-b', 'main');
  commit();
  contract('naps');
  const [end, printed] = await zoner('check', '--base', 'main');
  expect([end, printed]).toEqual(['3 GIT_UNAVAILABLE', expect.stringContaining('do not load')]);
});

test('warnings fail only when asked to', async () => {
  contract('naps', 'BACKWARD', ['depth']);
  git('init', '-q', '-b', 'main');
  commit();
  contract('naps', 'BACKWARD');
  expect((await zoner('check', '--base', 'main'))[0]).toBe(0);
  expect((await zoner('check', '--base', 'main', '--strict'))[0]).toBe(1);
});

test('one reader and one writer are judged as Java does, and where Java sees nothing, told', async () => {
  const decimal = (scale: number): string =>
    JSON.stringify({ type: 'bytes', logicalType: 'decimal', precision: 9, scale });
  write('a.avsc', decimal(2));
  write('b.avsc', decimal(4));
  write('c.avsc', '"int"');
  const [end, printed] = await zoner('compat', 'a.avsc', 'b.avsc');
  expect([end, printed]).toEqual([0, expect.stringContaining('the values change')]);
  expect(await zoner('compat', 'c.avsc', 'a.avsc')).toEqual([
    1,
    expect.stringContaining('TYPE_MISMATCH at /'),
  ]);
});

test('a registry is compared with in all its versions, and a lock that is older is told', async () => {
  contract('naps', 'FULL_TRANSITIVE', ['depth']);
  const texts = [schema(), schema('depth')].map((text) => text.replaceAll('Nap', 'naps'));
  const versionOf = (number: number) => {
    return { subject: 'naps-value', version: number, id: 6 + number, schema: texts[number - 1] };
  };
  const server = await startTestServer(({ path }) => {
    const [, number] = /^\/subjects\/naps-value\/versions\/(\d)$/.exec(path) ?? [];
    if (number !== undefined) return { status: 200, body: versionOf(Number(number)) };
    if (path === '/subjects/naps-value/versions') return { status: 200, body: [1, 2] };
    return { status: 404, body: { error_code: 40401, message: 'not found' } };
  });
  try {
    const [first = ''] = texts;
    const versions = [{ subject: 'naps-value', version: 1, id: 7, text: first, references: [] }];
    const lock = mergeIntoLock(EMPTY_LOCK, 'production', [
      { subject: 'naps-value', level: 'FULL', versions },
    ]);
    write('schemas/registry.lock.json', lockText(lock));
    contract('naps', 'FULL_TRANSITIVE', ['depth', 'more']);
    const env = { SCHEMA_REGISTRY_URL: server.url };
    const [end, printed] = await zonerWith(env, 'check', '--registry');
    expect(end).toBe(1);
    expect(printed).toContain('The lock is older than the registry: it lacks version 2 of naps-value.');
    expect(printed).toContain('backward broken by version 1 (id 7)');
    const planned = await zonerWith(env, 'registry', 'plan');
    expect(planned).toEqual([1, expect.stringContaining('FIELD_ADDED_WITHOUT_DEFAULT')]);
    expect((await zonerWith(env, 'registry', 'apply'))[0]).toBe('1 CHECK_REFUSED');
    expect(server.seen.some(({ method }) => method === 'PUT')).toBe(false);
  } finally {
    await server.close();
  }
});

test('a registry that does not answer leaves nothing to judge by', async () => {
  contract('naps');
  const env = { SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1' };
  expect((await zonerWith(env, 'check', '--registry'))[0]).toBe('3 REGISTRY_UNAVAILABLE');
});

test('the lock is a team’s: the environment of one machine does not write it', async () => {
  contract('naps');
  expect((await zoner('registry', 'pull'))[0]).toBe('64 USAGE');
  expect((await zoner('import'))[0]).toBe('64 USAGE');
});
