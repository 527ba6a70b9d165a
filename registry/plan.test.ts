import { expect, test } from 'vitest';
import type { CompatibilityLevel, Contract, RegisteredType } from '#contract/contract.ts';
import type { ActualSubject } from '#registry/actual.ts';
import { desiredSubjects, strictest } from '#registry/desired.ts';
import { planRegistry } from '#registry/plan.ts';

const type = (
  fullName: string,
  references: string[] = [],
  text = `{"name":"${fullName}"}`,
): RegisteredType => ({
  subject: fullName,
  fullName,
  text,
  references,
  file: `x/${fullName}.avsc`,
});
const contract = (compatibility: CompatibilityLevel, ...types: RegisteredType[]): Contract =>
  ({ compatibility, types }) as unknown as Contract;
const held = (subject: string, level: string | null, version: number | null): [string, ActualSubject] => {
  const registered =
    version === null ? null : { subject, version, id: 1, text: '', type: 'AVRO', references: [] };
  return [subject, { subject, level, registered }];
};

const day = contract('BACKWARD_TRANSITIVE', type('Meal'), type('Day', ['Meal']));

test('levels come before schemas, and what is referred to before what refers to it', () => {
  expect(planRegistry(desiredSubjects([day]), new Map()).map(({ description }) => description)).toEqual([
    'Meal: level BACKWARD_TRANSITIVE',
    'Day: level BACKWARD_TRANSITIVE',
    'Meal: register x/Meal.avsc',
    'Day: register x/Day.avsc',
  ]);
});

test('what is there already needs no change', () => {
  const level = 'BACKWARD_TRANSITIVE';
  const actual = new Map([held('Meal', level, 1), held('Day', level, 3)]);
  expect(planRegistry(desiredSubjects([day]), actual)).toEqual([]);
});

test('another level is set, and says from what', () => {
  const actual = new Map([held('Meal', 'NONE', 1), held('Day', 'BACKWARD_TRANSITIVE', 3)]);
  expect(planRegistry(desiredSubjects([day]), actual)).toEqual([
    {
      kind: 'set-level',
      subject: 'Meal',
      level: 'BACKWARD_TRANSITIVE',
      description: 'Meal: level NONE -> BACKWARD_TRANSITIVE',
    },
  ]);
});

test('a type that two contracts share is wanted once, under the level that keeps both promises', () => {
  const night = contract('FORWARD', type('Meal'), type('Night', ['Meal']));
  expect(desiredSubjects([day, night]).map(({ subject, level }) => [subject, level])).toEqual([
    ['Meal', 'FULL_TRANSITIVE'],
    ['Day', 'BACKWARD_TRANSITIVE'],
    ['Night', 'FORWARD'],
  ]);
});

test('two schemas for one subject are refused, with both files', () => {
  const other = contract('FULL', { ...type('Meal', [], '{"name":"Meal","doc":"x"}'), file: 'y/meal.avsc' });
  expect(() => desiredSubjects([day, other])).toThrow(
    expect.objectContaining({ code: 'CONTRACT_INVALID', message: expect.stringMatching(/x\/Meal.*y\/meal/) }),
  );
});

test.each<[CompatibilityLevel, CompatibilityLevel, CompatibilityLevel]>([
  ['NONE', 'BACKWARD', 'BACKWARD'],
  ['BACKWARD', 'FORWARD', 'FULL'],
  ['BACKWARD', 'BACKWARD_TRANSITIVE', 'BACKWARD_TRANSITIVE'],
  ['FULL', 'FORWARD_TRANSITIVE', 'FULL_TRANSITIVE'],
  ['NONE', 'NONE', 'NONE'],
])('%s and %s together are %s', (one, other, both) => {
  expect(strictest(one, other)).toBe(both);
  expect(strictest(other, one)).toBe(both);
});
