import { expect, test } from 'vitest';
import { fingerprint } from '#avro/fingerprint.ts';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { judgeContract } from '#check/judge-contract.ts';
import type { BaselineVersion } from '#check/judge-subject.ts';
import { breakingRows } from '#check/verdict.ts';
import type { CompatibilityLevel, Contract, Waiver } from '#contract/contract.ts';
import { exampleContract } from '#contract/example-contract.ts';

const TODAY = '2026-11-24';
const user = { name: 'user', type: 'string' };
const nap = (...fields: readonly object[]) =>
  JSON.stringify({ type: 'record', name: 'Nap', fields: [user, ...fields] });
const minutes = { name: 'minutes', type: 'int' };
const scale = (digits: number) => ({
  name: 'cost',
  type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: digits },
});

function versionsOf(texts: readonly string[]): readonly BaselineVersion[] {
  return texts.map((text, index) => {
    const schema = parseSchema(text) as RecordSchema;
    return { label: `version ${index + 1}`, id: 100 + index, schema, fingerprint: fingerprint(schema) };
  });
}

interface Given {
  readonly now: string;
  readonly versions: readonly string[];
  readonly level?: CompatibilityLevel;
  readonly waivers?: readonly Waiver[];
}

function judge({ now, versions, level = 'BACKWARD_TRANSITIVE', waivers = [] }: Given) {
  const contract: Contract = { ...exampleContract(now), compatibility: level, waivers };
  const held = new Map([[contract.subject, versionsOf(versions)]]);
  return judgeContract(
    contract,
    { against: 'the lock', versionsOf: (subject) => held.get(subject) ?? [] },
    {
      today: TODAY,
      env: 'production',
      planWarehouse: () => ({ changes: [], impossibleInPlace: [] }),
      positionOfWaiver: (_, index) => ({ file: 'naps/contract.json', line: 10 + index, column: 3 }),
    },
  );
}

const rulesOf = (given: Given) => judge(given).rows.map(({ rule, weight }) => `${weight} ${rule}`);
const failures = (given: Given) =>
  breakingRows({ against: '', notes: [], contracts: [judge(given)] }).map(({ rule }) => rule);

test('a transitive level finds the oldest version that breaks, by its id, and a plain one does not look', () => {
  const given = {
    now: nap(minutes),
    versions: [nap(), nap({ ...minutes, default: 0 }), nap({ ...minutes, default: 1 }), nap(minutes)],
  };
  const [row] = judge({ ...given, now: nap(minutes, { name: 'x', type: 'int', default: 0 }) }).rows.filter(
    ({ weight }) => weight === 'breaking',
  );
  expect(row).toMatchObject({
    rule: 'FIELD_ADDED_WITHOUT_DEFAULT',
    at: 'Nap.minutes',
    wire: {
      backward: {
        compatible: false,
        asked: true,
        brokenBy: { version: 'version 1', id: 100 },
        incompatibilities: [{ type: 'READER_FIELD_MISSING_DEFAULT_VALUE', location: '/fields/1' }],
      },
    },
  });
  expect(
    failures({ ...given, now: nap(minutes, { name: 'x', type: 'int', default: 0 }), level: 'BACKWARD' }),
  ).toEqual([]);
});

test.each<[CompatibilityLevel, string, string]>([
  ['NONE', 'warning', 'warning'],
  ['BACKWARD', 'breaking', 'warning'],
  ['BACKWARD_TRANSITIVE', 'breaking', 'warning'],
  ['FORWARD', 'warning', 'breaking'],
  ['FORWARD_TRANSITIVE', 'warning', 'breaking'],
  ['FULL', 'breaking', 'breaking'],
  ['FULL_TRANSITIVE', 'breaking', 'breaking'],
])('%s asks for its own directions', (level, added, removed) => {
  expect(rulesOf({ now: nap(minutes), versions: [nap()], level })).toEqual([
    `${added} FIELD_ADDED_WITHOUT_DEFAULT`,
  ]);
  expect(rulesOf({ now: nap(), versions: [nap(minutes)], level })).toEqual([
    `${removed} FIELD_REMOVED_WITHOUT_DEFAULT`,
  ]);
});

test('values that would come out wrong break at every level', () => {
  expect(failures({ now: nap(scale(4)), versions: [nap(scale(2))], level: 'NONE' })).toEqual([
    'DECIMAL_SCALE_CHANGED',
  ]);
});

test('what an older version had in another way already, and the latest has not, is nobody’s change', () => {
  const now = nap(scale(4), { name: 'x', type: 'int', default: 0 });
  expect(rulesOf({ now, versions: [nap(scale(2)), nap(scale(4))] })).toEqual(['fine FIELD_ADDED']);
});

test('a change back to what an older version had is a change from the latest', () => {
  const verdict = judge({ now: nap(scale(2)), versions: [nap(scale(2)), nap(scale(4))] });
  expect(verdict.rows.map(({ rule }) => rule)).toEqual(['DECIMAL_SCALE_CHANGED']);
  expect(verdict.notes).toEqual(['version 1 is this schema already; later versions are not.']);
});

test('a subject that nobody registered is new, and breaks nothing', () => {
  expect(judge({ now: nap(), versions: [] })).toMatchObject({
    state: 'new',
    rows: [],
    notes: ['naps-value is new: the lock has no version of it, so there is nothing that it could break.'],
  });
});

test('the latest version itself is unchanged', () => {
  expect(judge({ now: nap(), versions: [nap()] })).toMatchObject({
    state: 'unchanged',
    rows: [],
    rollOut: [],
  });
});

test('an alias that is dropped, or given away, is found', () => {
  const renamed = { name: 'length', type: 'int', aliases: ['minutes'] };
  const versions = [nap(minutes), nap(renamed)];
  expect(failures({ now: nap({ name: 'length', type: 'int' }), versions, level: 'BACKWARD' })).toEqual([
    'ALIAS_REMOVED',
  ]);
  const again = nap({ ...renamed, aliases: [] }, { ...minutes, default: 0 });
  expect(failures({ now: again, versions, level: 'BACKWARD' })).toEqual(['ALIAS_REUSED']);
});

const waiver = (rule: string, at: string, until = TODAY): Waiver => ({ rule, at, reason: 'agreed', until });

test('a waiver lets its rule pass at its place and below, to the end of its last day', () => {
  const given = { now: nap(scale(4)), versions: [nap(scale(2))] };
  const rule = 'DECIMAL_SCALE_CHANGED';
  expect(failures({ ...given, waivers: [waiver(rule, 'Nap.cost')] })).toEqual([]);
  expect(failures({ ...given, waivers: [waiver(rule, 'Nap')] })).toEqual([]);
  expect(failures({ ...given, waivers: [waiver(rule, 'Nap.cos')] })).toEqual([rule]);
  expect(failures({ ...given, waivers: [waiver(rule, 'Nap.cost', '2026-11-23')] })).toEqual([
    rule,
    'WAIVER_EXPIRED',
  ]);
});

test('a waiver that waives nothing, or a rule that does not exist, is found where it stands', () => {
  const waivers = [
    waiver('FIELD_REMOVED', 'Nap.gone'),
    waiver('FIELD_GONE', 'Nap.gone'),
    waiver('missing-doc', 'Nap'),
  ];
  const { rows } = judge({ now: nap(), versions: [nap()], waivers });
  expect(rows.map(({ rule, weight, position }) => [rule, weight, position.line])).toEqual([
    ['WAIVER_UNUSED', 'warning', 10],
    ['WAIVER_UNKNOWN_RULE', 'breaking', 11],
  ]);
});

test.each([
  ['any', nap({ ...minutes, default: 0 }), nap(), ['snowflake apply', 'registry apply', 'in any order']],
  ['readers first', nap(), nap(minutes), ['snowflake apply', 'consumers', 'registry apply', 'producers']],
  ['writers first', nap(minutes), nap(), ['registry', 'producers', 'wait until', 'consumers', 'snowflake']],
  ['no order', nap({ ...minutes, name: 'other' }), nap(minutes), ['no safe order', 'new topic']],
])('the order of roll-out: %s', (_, now, before, steps) => {
  const { rollOut } = judge({ now, versions: [before] });
  expect(rollOut).toEqual(steps.map((step) => expect.stringContaining(step)));
});

test('a type that a contract refers to is judged under its own subject, too', () => {
  const text = JSON.stringify({
    type: 'record',
    name: 'Day',
    fields: [
      user,
      { name: 'meal', type: ['null', { type: 'record', name: 'Meal', fields: [minutes] }], default: null },
    ],
  });
  const contract = exampleContract(text);
  const types = [
    { subject: 'Meal', fullName: 'Meal', text: '', references: [], file: 'naps/meal.avsc' },
    ...contract.types,
  ];
  const before = versionsOf([JSON.stringify({ type: 'record', name: 'Meal', fields: [] })]);
  const verdict = judgeContract(
    { ...contract, types },
    { against: 'the lock', versionsOf: (subject) => (subject === 'Meal' ? before : []) },
    {
      today: TODAY,
      env: null,
      planWarehouse: () => ({ changes: [], impossibleInPlace: [] }),
      positionOfWaiver: () => contract.root.position,
    },
  );
  expect(verdict.rows).toMatchObject([
    { rule: 'FIELD_ADDED_WITHOUT_DEFAULT', at: 'Meal.minutes', weight: 'breaking' },
  ]);
});
