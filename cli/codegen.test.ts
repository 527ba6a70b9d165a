import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fingerprint } from '#avro/fingerprint.ts';
import { parseSchema } from '#avro/parse.ts';
import { runCommand } from '#cli/run-command.ts';
import { lockText } from '#contract/lock/lock-text.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-codegen-'));
  cpSync('schemas', join(folder, 'schemas'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...path: string[]): string => join(folder, 'schemas', ...path);
const MEAL = ['user-activity', 'meal.avsc'] as const;

function edit(from: string, to: string): void {
  writeFileSync(at(...MEAL), readFileSync(at(...MEAL), 'utf8').replace(from, to));
}

/** Every generated file and its text. */
function generated(): ReadonlyMap<string, string> {
  const files = readdirSync(at('generated'), { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  const paths = files.map((each) => join(each.parentPath, each.name)).sort();
  return new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));
}

test('codegen prints a line a file: written, unchanged, removed', async () => {
  edit('"caffeine"', '"caffeineDose"');
  mkdirSync(at('generated', 'gone'));
  writeFileSync(at('generated', 'gone', 'types.ts'), '');
  const { code, stdout } = await runCommand(folder, ['codegen']);
  expect(code).toBe(0);
  expect(stdout).toContain('written   schemas/generated/user-activity/types.ts');
  expect(stdout).toContain('unchanged schemas/generated/trip-plan/table.sql');
  expect(stdout).toContain('removed   schemas/generated/gone/types.ts');
  expect((await runCommand(folder, ['codegen', '--check'])).code).toBe(0);
});

test('--check writes nothing, shows what differs and exits 1', async () => {
  edit('"caffeine"', '"caffeineDose"');
  rmSync(at('generated', 'trip-plan', 'table.sql'));
  writeFileSync(at('generated', 'gone.ts'), '');
  const before = generated();
  const { code, stdout, stderr } = await runCommand(folder, ['codegen', '--check']);
  expect(code).toBe(1);
  expect(stdout.join('\n')).toMatch(/stale: schemas\/generated\/user-activity\/types\.ts:\d+\n {2}@@ /);
  expect(stdout).toContain('  -  caffeine: number | null;');
  expect(stdout).toContain('  +  caffeineDose: number | null;');
  expect(stdout.join('\n')).toContain('missing: schemas/generated/trip-plan/table.sql');
  expect(stdout.join('\n')).toContain('orphaned: schemas/generated/gone.ts');
  expect(stderr.join('\n')).toContain('5 generated files not as the schemas say. Run: zoner codegen');
  expect(generated()).toEqual(before);
});

test.each([
  [
    'a syntax error',
    () => edit('"symbols"', '"symbols'),
    /^error SCHEMA_INVALID: user-activity\/meal\.avsc:\d+:\d+: not valid JSON/,
  ],
  [
    'an unknown type',
    () => edit('["null", "int"]', '["null", "Kcal"]'),
    /^error SCHEMA_INVALID: user-activity\/meal\.avsc:21:\d+: unknown type "Kcal"$/,
  ],
  [
    'a duplicate name',
    () => edit('"name": "caffeine"', '"name": "energy"'),
    /^error SCHEMA_INVALID: user-activity\/meal\.avsc:\d+:\d+: field energy stands in zoner\.activity\.Meal twice$/,
  ],
  [
    'a file that cannot be read',
    () => mkdirSync(at('user-activity', 'folder.avsc')),
    /^error FILE_UNREADABLE: cannot read .*folder\.avsc: EISDIR/,
  ],
  [
    'a file that is not UTF-8',
    () => writeFileSync(at(...MEAL), Buffer.from([0x22, 0xff, 0x22])),
    /^error FILE_UNREADABLE: cannot read .*meal\.avsc: The encoded data was not valid/,
  ],
  [
    'a byte order mark',
    () => writeFileSync(at(...MEAL), `\ufeff${readFileSync(at(...MEAL), 'utf8')}`),
    /^error SCHEMA_INVALID: user-activity\/meal\.avsc:1:1: the file begins with a byte order mark/,
  ],
  [
    'a missing contract.json',
    () => rmSync(at('user-activity', 'contract.json')),
    /^error CONTRACT_INVALID: user-activity\/contract\.json:1:1: there is no contract\.json/,
  ],
  [
    'a missing folder',
    () => rmSync(at(), { recursive: true }),
    /^error FILE_UNREADABLE: cannot read the folder/,
  ],
])('%s is one clear error, exit 64, and nothing is written', async (_, breakIt, error) => {
  breakIt();
  const before = _ === 'a missing folder' ? new Map() : generated();
  const { code, stdout, stderr } = await runCommand(folder, ['codegen']);
  expect(code).toBe(64);
  expect(stdout).toEqual([]);
  expect(stderr[0]).toMatch(error);
  expect(stderr).toHaveLength(2);
  if (before.size > 0) expect(generated()).toEqual(before);
});

test('a folder without contracts is told how to begin', async () => {
  rmSync(at(), { recursive: true });
  const { stderr } = await runCommand(folder, ['codegen']);
  expect(stderr[1]).toMatch(/begin with: zoner init$/);
});

test('what lint holds for an error stops codegen, exit 1, and nothing is written', async () => {
  edit('"name": "caffeine"', '"name": "kind"');
  const before = generated();
  const { code, stderr } = await runCommand(folder, ['codegen']);
  expect(code).toBe(1);
  expect(stderr[0]).toMatch(/^error LINT_REFUSED: .*meal\.avsc:\d+:\d+: kind says which branch/);
  expect(generated()).toEqual(before);
});

test('table.sql keeps the columns of every version that the lock knows', async () => {
  const removed = '{ "name": "mood", "type": ["null", "string"], "doc": "How it felt.", "default": null }';
  const path = at('trip-plan', 'trip-plan.avsc');
  const text = readFileSync(path, 'utf8').replace('"fields": [', `"fields": [ ${removed},`);
  const held = { version: 1, text, fingerprint: fingerprint(parseSchema(text)), references: [] };
  const subject = { level: 'FULL_TRANSITIVE' as const, versions: [held] };
  const subjects = new Map([['trip_plan-value', subject]]);
  writeFileSync(at('registry.lock.json'), lockText({ subjects, environments: new Map() }));
  expect((await runCommand(folder, ['codegen'])).code).toBe(0);
  expect(readFileSync(at('generated', 'trip-plan', 'table.sql'), 'utf8')).toContain('"MOOD" VARCHAR');
  expect(readFileSync(at('generated', 'trip-plan', 'types.ts'), 'utf8')).not.toContain('mood');
});

test('--check and --watch exclude each other', async () => {
  expect((await runCommand(folder, ['codegen', '--check', '--watch'])).code).toBe(64);
});

test('--watch writes on each save, prints an error at its place, and goes on', async () => {
  const stop = new AbortController();
  const lines: string[] = [];
  const waiting: { readonly text: string; readonly resolve: () => void }[] = [];
  const until = (text: string): Promise<void> =>
    new Promise((resolve) => {
      if (lines.some((line) => line.includes(text))) resolve();
      else waiting.push({ text, resolve });
    });
  const onLine = (line: string): void => {
    lines.push(line);
    for (const each of waiting) if (line.includes(each.text)) each.resolve();
  };
  const ended = runCommand(folder, ['codegen', '--watch'], { signal: stop.signal, onLine });
  await until('watching schemas');
  edit('["null", "int"]', '["null", "Kcal"]');
  await until('unknown type "Kcal"');
  edit('["null", "Kcal"]', '["null", "long"]');
  await until('written   schemas/generated/user-activity/types.ts');
  stop.abort();
  expect((await ended).code).toBe(0);
  expect(readFileSync(at('generated', 'user-activity', 'types.ts'), 'utf8')).toContain(
    'energy: bigint | null;',
  );
});
