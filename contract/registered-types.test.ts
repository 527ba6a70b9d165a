import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { loadContracts } from '#contract/load.ts';
import { isZonerError } from '#core/errors.ts';

/** What loading these files is refused with, or the subjects and references of the types of each contract. */
async function load(files: Readonly<Record<string, unknown>>): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'zoner-types-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
    }
    const contracts = await loadContracts(folder);
    return contracts.map(({ types }) => types.map(({ subject, references }) => [subject, references]));
  } catch (error) {
    if (isZonerError(error)) return `${error.code} ${error.message}`;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const settings = { topic: 'a', key: 'k', compatibility: 'FULL', table: 'A' };
const field = (name: string, type: unknown) => ({ name, type });
const record = (name: string, ...fields: unknown[]) => ({ type: 'record', name, fields });
const key = field('k', 'string');

test('types that refer to each other across files are refused, since neither can be registered first', async () => {
  const refusal = await load({
    'a/contract.json': settings,
    'a/a.avsc': record('A', key, field('b', ['null', 'B'])),
    'a/b.avsc': record('B', field('a', ['null', 'A'])),
  });
  expect(refusal).toMatch(/^CONTRACT_INVALID a\/b\.avsc:1:66: A leads back to this type/);
});

test('a type that refers to itself is registered once', async () => {
  const types = await load({
    'a/contract.json': settings,
    'a/a.avsc': record('A', key, field('next', ['null', 'A'])),
  });
  expect(types).toEqual([[['a-value', []]]]);
});

test('a type inside another type cannot be used from another file', async () => {
  const refusal = await load({
    'a/contract.json': settings,
    'a/a.avsc': record('A', key, field('b', 'B'), field('c', 'C')),
    'a/b.avsc': record('B', field('e', { type: 'enum', name: 'E', symbols: ['X'] })),
    'a/c.avsc': record('C', field('e', 'E')),
  });
  expect(refusal).toMatch(/^CONTRACT_INVALID a\/c\.avsc:1:\d+: E is defined inside another type/);
});

test('a type used before its definition in the same file is no reference', async () => {
  const inner = { type: 'enum', name: 'E', symbols: ['X'] };
  const types = await load({
    'a/contract.json': settings,
    'a/a.avsc': { ...record('A', key, field('first', 'E'), field('then', inner)), namespace: 'n' },
  });
  expect(types).toEqual([[['a-value', []]]]);
});

test('a contract may have comments, as schemas may', async () => {
  const text = `// who owns this?\n${JSON.stringify(settings)}`;
  expect(await load({ 'a/contract.json': text, 'a/a.avsc': record('A', key) })).toEqual([[['a-value', []]]]);
});

test('broken schemas and broken contracts are reported together', async () => {
  const refusal = await load({
    'a/a.avsc': record('A', field('k', 'strin')),
    'b/contract.json': { ...settings, topic: 5 },
    'b/b.avsc': record('B', key),
  });
  expect(String(refusal).split('\n')).toEqual([
    'SCHEMA_INVALID a/a.avsc:1:58: unknown type "strin"',
    expect.stringMatching('a/contract.json:1:1: there is no contract.json'),
    'b/contract.json:1:10: topic must be string',
  ]);
});

test('a folder whose name could end a comment or an import is refused', async () => {
  const files = { 'a\nb/contract.json': settings, 'a\nb/a\nb.avsc': record('A', key) };
  expect(await load(files)).toContain('the name of a contract folder has only letters');
});

test.each([
  ['the dead letter topic of another', { topic: 'a-dlt', table: 'B' }, 'topic a-dlt belongs to a already'],
  ['a table in other letters', { topic: 'b', table: 'a' }, 'table a belongs to a already'],
])('a contract cannot have %s', async (_, changed, reason) => {
  const refusal = await load({
    'a/contract.json': settings,
    'a/a.avsc': record('A', key),
    'b/contract.json': { ...settings, ...changed },
    'b/b.avsc': record('B', key),
  });
  expect(refusal).toContain(`CONTRACT_INVALID b/contract.json:1:1: ${reason}`);
});
