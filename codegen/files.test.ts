import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compare } from '#codegen/compare.ts';
import { applyChanges, readGenerated } from '#codegen/files.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what was generated is on disk afterwards, and nothing else', async () => {
  writeFileSync(join(folder, 'orphan.ts'), 'old');
  const generated = new Map([
    ['a/types.ts', 'one'],
    ['b.ts', 'two'],
  ]);
  await applyChanges(folder, compare(generated, await readGenerated(folder)));
  expect(await readGenerated(folder)).toEqual(generated);
});

test('a folder that is not there holds no files', async () => {
  expect(await readGenerated(join(folder, 'missing'))).toEqual(new Map());
});

test('where one file cannot be written, no other is changed and nothing is left behind', async () => {
  writeFileSync(join(folder, 'a.ts'), 'before');
  mkdirSync(join(folder, 'b.ts.new'));
  const changes = compare(
    new Map([
      ['a.ts', 'after'],
      ['b.ts', 'after'],
    ]),
    new Map([['a.ts', 'before']]),
  );
  await expect(applyChanges(folder, changes)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining('cannot write'),
  });
  expect(readFileSync(join(folder, 'a.ts'), 'utf8')).toBe('before');
  expect(readdirSync(folder).sort()).toEqual(['a.ts', 'b.ts.new']);
});
