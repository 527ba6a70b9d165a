import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadContracts } from '#contract/load.ts';
import { isZonerError } from '#core/errors.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-contracts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, unknown>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

const settings = { topic: 'naps', key: 'user', compatibility: 'BACKWARD', table: 'NAPS' };
const field = (name: string, type: unknown) => ({ name, type });
const nap = {
  type: 'record',
  name: 'Nap',
  namespace: 'n',
  fields: [field('user', 'string'), field('minutes', 'int')],
};

async function refusal(): Promise<string> {
  try {
    await loadContracts(folder);
  } catch (error) {
    if (isZonerError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'loaded';
}

test('a contract has its defaults, its subject and its resolved root', async () => {
  write({ 'naps/contract.json': settings, 'naps/naps.avsc': nap });
  const [contract] = await loadContracts(folder);
  expect(contract).toMatchObject({
    name: 'naps',
    subject: 'naps-value',
    partitions: 1,
    retentionDays: 7,
    id: null,
    root: { fullName: 'n.Nap' },
  });
});

test('types of other files and folders are registered before what refers to them', async () => {
  const withBed = { ...nap, fields: [...nap.fields, field('bed', 'b.Bed')] };
  const bed = { type: 'record', name: 'b.Bed', fields: [field('size', 'Size')] };
  const size = { type: 'enum', name: 'b.Size', symbols: ['S'] };
  const beds = { topic: 'beds', key: 'id', compatibility: 'FULL', table: 'BEDS' };
  write({
    'naps/contract.json': settings,
    'naps/naps.avsc': withBed,
    'beds/contract.json': beds,
    'beds/beds.avsc': { type: 'record', name: 'Beds', fields: [field('id', 'string')] },
    'beds/parts.avsc': [bed, size],
  });
  const naps = (await loadContracts(folder)).find(({ name }) => name === 'naps');
  expect(naps?.types.map(({ subject, references }) => [subject, references])).toEqual([
    ['b.Size', []],
    ['b.Bed', ['b.Size']],
    ['naps-value', ['b.Bed']],
  ]);
});

test.each([
  [
    'a missing contract.json',
    { 'naps/naps.avsc': nap },
    'CONTRACT_INVALID naps/contract.json:1:1: there is no contract.json',
  ],
  [
    'a missing root schema',
    { 'naps/contract.json': settings },
    'CONTRACT_INVALID naps/contract.json:1:1: there is no root schema naps/naps.avsc',
  ],
  [
    'a root that is no record',
    { 'naps/contract.json': settings, 'naps/naps.avsc': '"string"' },
    'must be a record',
  ],
  [
    'a contract that is no JSON',
    { 'naps/contract.json': '{', 'naps/naps.avsc': nap },
    'naps/contract.json:1:2: not valid JSON',
  ],
  [
    'an unknown setting',
    { 'naps/contract.json': { ...settings, topics: 1 }, 'naps/naps.avsc': nap },
    'does not know "topics"',
  ],
  [
    'an unknown level',
    { 'naps/contract.json': { ...settings, compatibility: 'SOME' }, 'naps/naps.avsc': nap },
    'compatibility must be one of NONE',
  ],
  [
    'a key that is no field',
    { 'naps/contract.json': { ...settings, key: 'who' }, 'naps/naps.avsc': nap },
    'key: Nap has no field who',
  ],
  [
    'a key that is no string',
    { 'naps/contract.json': { ...settings, key: 'minutes' }, 'naps/naps.avsc': nap },
    'key: minutes must be a string',
  ],
  [
    'a person that is no string',
    { 'naps/contract.json': { ...settings, person: 'minutes' }, 'naps/naps.avsc': nap },
    'person: minutes must be a string',
  ],
  [
    'a protection without readers',
    { 'naps/contract.json': { ...settings, protection: { readers: [] } }, 'naps/naps.avsc': nap },
    'readers',
  ],
  [
    'a time that is no timestamp',
    { 'naps/contract.json': { ...settings, time: 'minutes' }, 'naps/naps.avsc': nap },
    'must be a timestamp',
  ],
  [
    'a broken schema',
    { 'naps/contract.json': settings, 'naps/naps.avsc': '{"type":"record","name":"Nap"}' },
    'SCHEMA_INVALID naps/naps.avsc:1:1',
  ],
  ['an empty folder', {}, 'CONTRACT_INVALID there is no contract folder'],
])('%s is one clear error', async (_, files, text) => {
  write(files);
  expect(await refusal()).toContain(text);
});

test('two contracts cannot share a topic or a table', async () => {
  const other = { ...nap, name: 'Other' };
  write({ 'a/contract.json': settings, 'a/a.avsc': nap, 'b/contract.json': settings, 'b/b.avsc': other });
  expect(await refusal()).toContain('topic naps belongs to a already');
});

test('problems of several contracts are reported together', async () => {
  write({ 'a/a.avsc': nap, 'b/b.avsc': { ...nap, name: 'Other' } });
  expect((await refusal()).split('\n')).toHaveLength(2);
});

test("the repository's own contracts load", async () => {
  cpSync('schemas', folder, { recursive: true });
  expect((await loadContracts(folder)).map(({ name, topic }) => [name, topic])).toEqual([
    ['trip-plan', 'trip_plan'],
    ['user-activity', 'user_activity'],
  ]);
});
