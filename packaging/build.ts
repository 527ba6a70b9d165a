/**
 * Makes `dist/`, the part of the npm package that runs: JavaScript with declarations, and the files that it reads. npm
 * runs this before it packs, and removes `dist/` afterwards; in the repository nothing is built.
 *
 * Node strips no types inside node_modules, and Node 22 lacks syntax that the sources use, so tsc emits them. It does not
 * rewrite an import such as `#avro/codec.ts`, so it is given a copy of the sources in which such names end in `.js`.
 * `dist/package.json` has the same `imports` as the repository: one rule for both.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const STAGE = join(PROJECT, '.zoner', 'package');
const DIST = join(PROJECT, 'dist');

/** Started as processes of their own, so that no import names them. */
const PROGRAMS = [
  'cli/zoner.ts',
  'consumer/trial-child.ts',
  'recommendations/advice-thread.ts',
  'snowflake/local/main.ts',
];

/** What is read at run time besides code. */
const FILES = [
  '.env.example',
  'api/page/*.{css,js}',
  'console/page/*.css',
  'contract/**/*.schema.json',
  'metrics/*.{json,yml}',
  'schemas/**/*.{avsc,json,sql}',
  'stack/docker-compose.yml',
  'stack/install.mjs',
  'stack/install/*',
];

const SOURCES = [
  '*/*.ts',
  '{avro,api,check,codegen,console,contract,producer,recommendations,schemas,snowflake}/**/*.ts',
];

/** A quoted name of one of our own modules: `'#avro/codec.ts'`, `'./trial-child.ts'`. */
const OWN_MODULE = /(['"])((?:#|\.\.?\/)[^'"\n]*)\.ts\1/g;

stage();
compile();
for (const file of globSync(FILES, { cwd: PROJECT })) copy(file, DIST);
requirePrograms();

function stage(): void {
  rmSync(STAGE, { recursive: true, force: true });
  rmSync(DIST, { recursive: true, force: true });
  for (const file of globSync(SOURCES, { cwd: PROJECT, exclude: (name) => name === 'node_modules' })) {
    const text = readFileSync(join(PROJECT, file), 'utf8');
    write(join(STAGE, file), text.replace(OWN_MODULE, '$1$2.js$1'));
  }
  for (const file of globSync(FILES, { cwd: PROJECT })) copy(file, STAGE);
  const { name, version, type, engines, imports, peerDependencies } = manifest;
  const kept = { name, version, type, engines, imports, peerDependencies };
  write(join(STAGE, 'package.json'), `${JSON.stringify(kept, null, 2)}\n`);
}

function compile(): void {
  const entries = Object.keys(manifest.exports)
    .filter((path) => path !== './package.json')
    .map((path) => `library/${path.slice(2)}.ts`);
  const settings = {
    extends: '../../tsconfig.json',
    compilerOptions: {
      noEmit: false,
      allowImportingTsExtensions: false,
      declaration: true,
      rootDir: '.',
      outDir: DIST,
    },
    include: [],
    files: [...entries, ...PROGRAMS, 'kafka/snappyjs.d.ts'],
  };
  write(join(STAGE, 'tsconfig.json'), JSON.stringify(settings, null, 2));
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', STAGE], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`tsc ended with ${status}`);
  rmSync(STAGE, { recursive: true });
}

/** What is started by its path must be there: no compiler looks after that. */
function requirePrograms(): void {
  for (const file of globSync('**/*.js', { cwd: DIST })) {
    const text = readFileSync(join(DIST, file), 'utf8');
    for (const [, path = ''] of text.matchAll(/new URL\('(\.[^']+)', import\.meta\.url\)/g)) {
      if (!existsSync(join(DIST, dirname(file), path))) throw new Error(`dist/${file} needs ${path}`);
    }
  }
}

function copy(file: string, to: string): void {
  mkdirSync(dirname(join(to, file)), { recursive: true });
  cpSync(join(PROJECT, file), join(to, file));
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
