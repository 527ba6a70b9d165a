import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

/** A stranger's repository: it has the tarball, and nothing of this one. */

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('./example', import.meta.url));
const SUMMARY = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
const { '@duckdb/node-api': engine } = manifest.peerDependencies;
const { typescript, '@types/node': nodeTypes } = manifest.devDependencies;
/** `22.22.0`. */
const OLDEST_NODE = manifest.engines.node.slice('>='.length);

/** Users compile with their own settings; these are strict, and believe no declaration unread but those of others. */
const TSCONFIG = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    module: 'NodeNext',
    target: 'ES2024',
    types: ['node'],
    outDir: 'out',
  },
  include: ['*.ts', 'schemas/generated/**/*.ts'],
};

let folder = '';
let tarball = '';

/** Without what npm and this run's Node have set for the packages of this repository. */
function environment(project: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_registry)|NODE_ENV|NODE_OPTIONS|NODE_V8|INIT_CWD|VITEST)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: `${join(project, 'node_modules', '.bin')}:${process.env.PATH}`,
  };
}

function run(project: string, command: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: project,
    env: environment(project),
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** @returns what it printed */
function succeed(project: string, command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = run(project, command, ...args);
  expect({ command: [command, ...args].join(' '), status, stdout, stderr }).toMatchObject({ status: 0 });
  return stdout;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-package-'));
  const packed = succeed(PROJECT, 'npm', 'pack', '--silent', '--pack-destination', folder);
  tarball = join(folder, packed.trim().split('\n').at(-1) ?? '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the tarball holds what runs, and no test, no source, no build tool', () => {
  const names = succeed(folder, 'tar', 'tzf', tarball).trim().split('\n');
  expect(names).toEqual(
    expect.arrayContaining(['package/cli/zoner.mjs', 'package/dist/cli/zoner.js', 'package/README.md']),
  );
  const surplus = names.filter((name) =>
    /\.test\.|-suite\.|fixtures|golden|\/bench\/|packaging|screenshot|(?<!\.d)\.ts$/.test(name),
  );
  expect(surplus).toEqual([]);
});

describe.each([OLDEST_NODE, '24'])('on Node %s', (version) => {
  let project = '';
  const zoner = (...args: string[]) => run(project, 'zoner', ...args);

  beforeAll(() => {
    project = join(folder, `node-${version}`);
    cpSync(EXAMPLE, project, { recursive: true });
    writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    succeed(project, 'npm', 'install', ...SUMMARY, `node@${version}`);
    expect(`${succeed(project, 'node', '--version').trim()}.`).toContain(`v${version}.`);
    // npm runs on that Node from here on, and takes no package that does not support it.
    succeed(project, 'npm', 'install', ...SUMMARY, '--engine-strict', tarball);
  });
  afterAll(() => void zoner('stack', 'down'));

  test('the package alone sets a repository up, generates, and judges a change', () => {
    succeed(project, 'zoner', 'init', 'goals');
    succeed(project, 'git', 'init', '--quiet');
    writeFileSync(join(project, '.gitignore'), 'node_modules/\n.zoner/\n');
    succeed(project, 'git', 'add', '.');
    succeed(
      project,
      'git',
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@b.example',
      'commit',
      '--quiet',
      '-m',
      'begin',
    );
    const schema = join(project, 'schemas', 'goals', 'goals.avsc');
    const agreed = readFileSync(schema, 'utf8');

    addField(schema, { name: 'hours', type: 'int', doc: 'Of sleep.' });
    expect(zoner('codegen', '--check')).toMatchObject({ status: 1 });
    succeed(project, 'zoner', 'codegen');
    expect(zoner('check', '--base', 'HEAD')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('Goals.hours'),
    });
    writeFileSync(schema, agreed);
    addField(schema, { name: 'hours', type: 'int', doc: 'Of sleep.', default: 8 });
    succeed(project, 'zoner', 'codegen');
    succeed(project, 'zoner', 'lint', '--strict');
    succeed(project, 'zoner', 'check', '--base', 'HEAD');
    expect(zoner('stack', 'up')).toMatchObject({ status: 3, stderr: expect.stringContaining(`${engine}`) });
  });

  test('a producer and a consumer compile under strict settings, and what one sends the other reads', () => {
    const tools = [`typescript@${typescript}`, `@types/node@${nodeTypes}`, `@duckdb/node-api@${engine}`];
    succeed(project, 'npm', 'install', '--save-dev', ...SUMMARY, ...tools);
    succeed(project, 'tsc');
    succeed(project, 'zoner', 'stack', 'up');
    succeed(project, 'zoner', 'apply');
    const start = (program: string) =>
      succeed(project, 'node', '--env-file=.zoner/stack/stack.env', `out/${program}.js`);
    start('producer');
    expect(start('consumer').trim().split('\n').sort()).toEqual(
      ['ada', 'edsger', 'grace'].map((name) => `${name} sleeps 8 hours`),
    );
    succeed(project, 'zoner', 'consume', '--until-end');
    expect(succeed(project, 'zoner', 'reconcile')).toContain('3');
    succeed(project, 'zoner', 'stack', 'down');
  });
});

function addField(schema: string, field: object): void {
  const record = JSON.parse(readFileSync(schema, 'utf8'));
  record.fields.push(field);
  writeFileSync(schema, JSON.stringify(record, null, 2));
}
