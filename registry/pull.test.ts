import { expect, test } from 'vitest';
import { exampleContract } from '#contract/example-contract.ts';
import { EMPTY_LOCK, type RegistryLock } from '#contract/lock/lock.ts';
import type { RegisteredVersion } from '#registry/client.ts';
import { readHistory, subjectsToPull } from '#registry/pull.ts';

const version = (subject: string, number: number, to: readonly string[] = []): RegisteredVersion => ({
  subject,
  version: number,
  id: number,
  text: '"int"',
  type: 'AVRO',
  references: to.map((name) => ({ name, subject: name, version: 1 })),
});

/** A registry with these versions. */
function registry(held: readonly RegisteredVersion[], level: string | null = 'FULL') {
  return {
    level: async () => level,
    versions: async (subject: string) => {
      const numbers = held.filter((each) => each.subject === subject).map((each) => each.version);
      return numbers.length === 0 ? null : numbers;
    },
    versionSchema: async (subject: string, number: number | 'latest') =>
      held.find((each) => each.subject === subject && each.version === number) ?? null,
  };
}

test('all versions are read in their order, with all versions of what they refer to', async () => {
  const held = [version('b', 2), version('b', 1), version('a', 1, ['b']), version('a', 3, ['b'])];
  const read = await readHistory(registry(held), ['a']);
  expect(read.map(({ subject, versions }) => [subject, versions.map((each) => each.version)])).toEqual([
    ['a', [1, 3]],
    ['b', [1, 2]],
  ]);
});

test('a subject that the registry does not have has no versions and no level', async () => {
  expect(await readHistory(registry([]), ['a'])).toEqual([{ subject: 'a', level: null, versions: [] }]);
});

test('a level that Zoner does not know counts as none', async () => {
  const [read] = await readHistory(registry([version('a', 1)], 'ODD'), ['a']);
  expect(read?.level).toBeNull();
});

test('a schema that is not Avro is refused by name', async () => {
  const other = { ...version('a', 1), type: 'PROTOBUF' };
  await expect(readHistory(registry([other]), ['a'])).rejects.toThrow(
    'Version 1 of a is a schema of type PROTOBUF',
  );
});

test('a lock is about the contracts, what they accept, and what it knows already', () => {
  const lock: RegistryLock = {
    ...EMPTY_LOCK,
    subjects: new Map([['old-value', { level: null, versions: [] }]]),
  };
  const contract = {
    ...exampleContract('{"type":"record","name":"N","fields":[]}'),
    acceptSubjects: ['more'],
  };
  expect(subjectsToPull([contract], lock)).toEqual(['more', 'naps-value', 'old-value']);
});
