import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { fromJson } from '#avro/from-json.ts';
import { writeEvolution } from '#cli/demo-evolution.ts';
import { loadContracts } from '#contract/load.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-evolution-'));
  cpSync('schemas', join(folder, 'v1'), { recursive: true });
  writeEvolution(folder, 'v1', 'v2', 'values.ndjson');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rootOf(version: string) {
  const found = (await loadContracts(join(folder, version))).find(({ name }) => name === 'user-activity');
  if (found === undefined) throw new Error('there is no contract user-activity');
  return found.root;
}

test('the values fit version 2, and version 1 refuses exactly those of the new kind', async () => {
  const [v1, v2] = await Promise.all([rootOf('v1'), rootOf('v2')]);
  const [encoder, old] = [compileEncoder(v2), compileDecoder(v2, v1)];
  const lines = readFileSync(join(folder, 'values.ndjson'), 'utf8').trim().split('\n');
  const refused = lines.filter((line) => {
    const bytes = encoder.encode(fromJson(v2, JSON.parse(line)));
    try {
      old.decode(bytes);
      return false;
    } catch (error) {
      expect(error).toMatchObject({ code: 'WRITER_INCOMPATIBLE' });
      return true;
    }
  });
  expect(refused).toEqual(lines.filter((line) => line.includes('"Exercise"')));
  expect(refused).toHaveLength(lines.length / 4);
});
