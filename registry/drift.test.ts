import { expect, test } from 'vitest';
import type { CompatibilityLevel } from '#contract/contract.ts';
import { EMPTY_LOCK } from '#contract/lock/lock.ts';
import { type HeldSubject, mergeIntoLock } from '#contract/lock/merge-lock.ts';
import type { DesiredSubject } from '#registry/desired.ts';
import { findDrift } from '#registry/drift.ts';

const A = '{"type":"enum","name":"E","symbols":["A"]}';
const B = '{"type":"enum","name":"E","symbols":["A","B"]}';

function held(texts: readonly string[], level: CompatibilityLevel = 'FULL', firstId = 1): HeldSubject {
  const versions = texts.map((text, index) => {
    return { subject: 'E', version: index + 1, id: firstId + index, text, references: [] };
  });
  return { subject: 'E', level, versions };
}

const desired: DesiredSubject = {
  subject: 'E',
  fullName: 'E',
  text: A,
  references: [],
  file: 'e/e.avsc',
  level: 'FULL',
};
const lock = mergeIntoLock(EMPTY_LOCK, 'production', [held([A])]);
const driftOf = (now: HeldSubject, of = lock) =>
  findDrift(of, 'production', [now], [desired]).map(({ kind, description }) => `${kind} ${description}`);

test('a registry that holds what the lock says has no drift', () => {
  expect(driftOf(held([A]))).toEqual([]);
});

test.each([
  ['a level', held([A], 'NONE'), 'level E: level is NONE, the contract says FULL'],
  ['a version', held([A, B]), 'unknown-version E: id 2 is registered, and the lock does not know it'],
  ['a deletion', held([]), 'missing-version E: version 1 with id 1 is gone from the registry'],
  ['an id', held([A], 'FULL', 9), 'other-id E: version 1 has id 9, the lock says 1'],
])('%s that changed beside the repository is drift', (_, now, description) => {
  expect(driftOf(now)).toEqual([description]);
});

test('a version that another environment has and this one just got is drift until it is pulled', () => {
  const shared = mergeIntoLock(lock, 'staging', [held([A, B])]);
  expect(driftOf(held([A, B]), shared)).toEqual([
    'unknown-version E: version 2 has id 2, and the lock has none for production',
  ]);
});

test('what nobody registered yet is no drift', () => {
  expect(findDrift(EMPTY_LOCK, 'production', [held([])], [desired])).toEqual([]);
});
