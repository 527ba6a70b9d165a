import { expect, test } from 'vitest';
import { fingerprint } from '#avro/fingerprint.ts';
import { parseSchema } from '#avro/parse.ts';
import { EMPTY_LOCK, type RegistryLock } from '#contract/lock/lock.ts';
import { lockText } from '#contract/lock/lock-text.ts';
import { lockedSchemas } from '#contract/lock/locked-schemas.ts';
import { type HeldSubject, type HeldVersion, mergeIntoLock } from '#contract/lock/merge-lock.ts';
import { parseLock } from '#contract/lock/parse-lock.ts';
import { isZonerError } from '#core/errors.ts';

const record = (name: string, ...fields: readonly object[]): string =>
  JSON.stringify({ type: 'record', name, fields });
const a = { name: 'a', type: 'int' };
const b = { name: 'b', type: 'int', default: 0 };

type Version = readonly [text: string, references?: HeldVersion['references']];

/** A registry's subject, its versions counted from one unless numbers are given; ids are made of both. */
function held(subject: string, versions: readonly Version[], numbers?: readonly number[]): HeldSubject {
  return {
    subject,
    level: 'FULL',
    versions: versions.map(([text, references = []], index) => {
      const version = numbers?.[index] ?? index + 1;
      return { subject, version, id: 100 * subject.length + version, text, references };
    }),
  };
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isZonerError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'nothing was refused';
}

const meal = held('n.Meal', [[record('n.Meal', a)], [record('n.Meal', a, b)]]);
const toMeal = (version: number) => [{ name: 'n.Meal', subject: 'n.Meal', version }];
const day = held('day-value', [
  [record('Day', { name: 'meal', type: 'n.Meal' }), toMeal(1)],
  [record('Day', { name: 'meal', type: 'n.Meal' }), toMeal(2)],
]);
const lock = mergeIntoLock(EMPTY_LOCK, 'production', [day, meal]);

const numbersOf = (of: RegistryLock, subject: string) =>
  of.subjects.get(subject)?.versions.map(({ version }) => version);
const idsOf = (of: RegistryLock, environment: string, subject: string) =>
  Object.fromEntries(of.environments.get(environment)?.get(subject) ?? []);

test('what is written is read back as it was, and written alike again', () => {
  const read = parseLock(lockText(lock));
  expect(read).toEqual(lock);
  expect(lockText(read)).toBe(lockText(lock));
});

test('the order in which a registry was read does not change the text', () => {
  expect(lockText(mergeIntoLock(EMPTY_LOCK, 'production', [meal, day]))).toBe(lockText(lock));
});

test('each version has its schema resolved with the versions that it refers to', () => {
  const [one, two] = lockedSchemas(lock).historyOf('day-value');
  const fields = [one, two].map((each) => {
    const [field] = each?.schema.type === 'record' ? each.schema.fields : [];
    return field?.schema.type === 'record' ? field.schema.fields.map(({ name }) => name) : null;
  });
  expect(fields).toEqual([['a'], ['a', 'b']]);
  expect(lockedSchemas(lock).historyOf('unknown-value')).toEqual([]);
});

test('a second environment shares the history and has ids of its own', () => {
  const both = mergeIntoLock(lock, 'staging', [held('n.Meal', [[record('n.Meal', a, b)]], [7])]);
  expect(numbersOf(both, 'n.Meal')).toEqual([1, 2]);
  expect(idsOf(both, 'staging', 'n.Meal')).toEqual({ 2: 607 });
  expect(idsOf(both, 'production', 'n.Meal')).toEqual({ 1: 601, 2: 602 });
});

test('a number that belongs to another schema already is given anew, and references follow', () => {
  const other = held('n.Meal', [[record('n.Meal', a, { ...b, name: 'c' })]]);
  const newDay = held('day-value', [[record('Day', { name: 'meal', type: 'n.Meal' }), toMeal(1)]]);
  const both = mergeIntoLock(lock, 'staging', [newDay, other]);
  expect(numbersOf(both, 'n.Meal')).toEqual([1, 2, 3]);
  expect(both.subjects.get('day-value')?.versions.at(-1)?.references).toEqual(toMeal(3));
  expect(parseLock(lockText(both))).toEqual(both);
});

test('a version that the registry deleted stays in the history without an id', () => {
  const later = mergeIntoLock(
    lock,
    'production',
    [held('n.Meal', [[record('n.Meal', a, b)]], [2]), day].map((each) =>
      each === day ? { ...day, versions: day.versions.slice(1) } : each,
    ),
  );
  expect(numbersOf(later, 'n.Meal')).toEqual([1, 2]);
  expect(idsOf(later, 'production', 'n.Meal')).toEqual({ 2: 602 });
});

test('the fingerprint is that of the resolved schema', () => {
  const text = record('n.Meal', a);
  expect(lock.subjects.get('n.Meal')?.versions[0]?.fingerprint).toBe(fingerprint(parseSchema(text)));
});

const changed = (from: string | RegExp, to: string): string => lockText(lock).replace(from, to);

test.each([
  ['no JSON', '{', 'LOCK_INVALID registry.lock.json:1:2: not valid JSON'],
  ['a merge conflict', `{\n<<<<<<< HEAD\n}`, 'registry.lock.json:2:1: an unresolved merge conflict'],
  ['a later format', changed('"lockVersion": 1', '"lockVersion": 2'), ':2:18: lockVersion must be 1'],
  ['an unknown member', changed('"level": "FULL"', '"levels": "FULL"'), 'does not know "levels"'],
  ['an unknown level', changed('"level": "FULL"', '"level": "SOME"'), 'must be one of NONE'],
  [
    'versions out of order',
    changed('"version": 1,', '"version": 5,'),
    'version 2 of day-value comes after version 5',
  ],
  ['a reference to nothing', changed('"version": 1\n', '"version": 9\n'), 'version 9 of n.Meal is not here'],
  ['an id of nothing', changed('"1": 901', '"4": 901'), 'production has an id for version 4 of day-value'],
])('%s is refused at its place', (_, text, message) => {
  expect(messageOf(() => parseLock(text))).toContain(message);
});

test('a schema that was edited in the lock is refused', () => {
  const edited = parseLock(changed('\\"int\\",\\"default\\":0', '\\"long\\",\\"default\\":0'));
  expect(messageOf(() => lockedSchemas(edited).historyOf('n.Meal'))).toContain('somebody changed its text');
});

test('schemas that refer to each other in a circle are refused', () => {
  const text = lockText(lock).replace(
    `"fingerprint": "${lock.subjects.get('n.Meal')?.versions[0]?.fingerprint}",`,
    '$&\n          "references": [{ "name": "Day", "subject": "day-value", "version": 1 }],',
  );
  expect(messageOf(() => lockedSchemas(parseLock(text)).historyOf('n.Meal'))).toContain('refers to itself');
});
