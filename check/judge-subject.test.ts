import { expect, test } from 'vitest';
import type { NamedSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { judgeSubject } from '#check/judge-subject.ts';

const meal = (energy: unknown, more: readonly unknown[] = []) => ({
  type: 'record',
  name: 'Meal',
  fields: [{ name: 'energy', type: ['null', energy], default: null }, ...more],
});

/** An event with a union of two records, of which this is one. */
const event = (branch: unknown): NamedSchema =>
  parseSchema(
    JSON.stringify({
      type: 'record',
      name: 'Event',
      fields: [{ name: 'what', type: [branch, { type: 'record', name: 'Nap', fields: [] }] }],
    }),
  ) as NamedSchema;

const judged = (old: unknown, now: unknown) =>
  judgeSubject(
    event(now),
    [{ label: 'version 1', id: 1, schema: event(old), fingerprint: '' }],
    'FULL_TRANSITIVE',
  ).map(({ rule, wire }) => ({
    rule,
    broken: Object.entries(wire).flatMap(([side, { compatible }]) => (compatible ? [] : [side])),
  }));

test('a nullable field that is widened is one change, with the verdict of the unions around it', () => {
  expect(judged(meal('int'), meal('long'))).toEqual([{ rule: 'TYPE_WIDENED', broken: ['forward'] }]);
});

test('what makes a branch unreadable is named, not the union that has it, and nothing beside it is blamed', () => {
  const harmless = { name: 'kcal', type: 'int', default: 0 };
  const required = { name: 'place', type: 'string' };
  expect(judged(meal('int'), meal('int', [harmless, required]))).toEqual([
    { rule: 'FIELD_ADDED', broken: [] },
    { rule: 'FIELD_ADDED_WITHOUT_DEFAULT', broken: ['backward'] },
  ]);
});
