import { expect, test } from 'vitest';
import { planErasure } from '#erasure/plan.ts';
import type { Retained } from '#erasure/retention.ts';
import type { Findings, Place, TopicFind } from '#erasure/search.ts';

const UNTIL: Retained = { kind: 'until', at: Date.UTC(2026, 3, 1) };
const places = (count: number): Place[] =>
  Array.from({ length: count }, (_, index) => ({ partition: 0, offset: BigInt(index) }));

function find(topic: string, count: number, retained: Retained = UNTIL, unknown = 0): TopicFind {
  const letters = new Set(places(count).map(({ offset }) => `c/naps/0/${offset}`));
  return { topic, places: places(count), retained: count === 0 ? null : retained, letters, unknown };
}

const NOTHING: Findings = {
  source: find('naps', 0),
  retry: find('naps-retry', 0),
  deadLetters: find('naps-dlt', 0),
  parked: find('naps-dlt-parked', 0),
  unmarked: [],
  rows: { rows: 0, timeTravelDays: 1, hasFailSafe: true },
  hasState: false,
  ends: new Map(),
};
const NAPS = { table: 'NAPS', isKeyed: true };

test('where nothing is held there is nothing to do', () => {
  expect(planErasure(NOTHING, NAPS)).toEqual({ steps: [], refusals: [], unknown: 0 });
});

test('records of a topic are named in the journal, and the day is told by which they are gone', () => {
  const { steps } = planErasure({ ...NOTHING, source: find('naps', 3), unmarked: places(2) }, NAPS);
  expect(steps).toEqual([
    {
      kind: 'mark',
      object: 'naps',
      found: 3,
      change: 'name 2 of them in the journal, so that no consumer reads them again',
      remains: 'gone from the topic by 2026-04-01T00:00:00.000Z',
    },
  ]);
});

test('records that the journal names already are waited for, and are nothing to do', () => {
  const { steps } = planErasure({ ...NOTHING, source: find('naps', 3), retry: find('naps-retry', 1) }, NAPS);
  expect(steps.map(({ object, change }) => [object, change])).toEqual([
    ['naps', null],
    ['naps-retry', null],
  ]);
});

test('a compacted topic gets a tombstone where its key is the person, and is refused otherwise', () => {
  const compacted: Findings = {
    ...NOTHING,
    source: find('naps', 1, { kind: 'until-compacted' }),
    unmarked: places(1),
  };
  const keyed = planErasure(compacted, NAPS);
  expect(keyed.steps[0]?.change).toContain('send a tombstone of the key');
  expect(keyed.refusals).toEqual([]);
  expect(planErasure(compacted, { ...NAPS, isKeyed: false }).refusals).toHaveLength(1);
});

test('a topic that keeps records for ever is refused with the way out', () => {
  const { refusals } = planErasure({ ...NOTHING, source: find('naps', 1, { kind: 'for-ever' }) }, NAPS);
  expect(refusals).toEqual(['naps keeps records for ever: give it a retention.ms, and run this again']);
});

test('letters, rows and state are each a step of their own, and what Snowflake keeps is said', () => {
  const { steps, unknown } = planErasure(
    {
      ...NOTHING,
      deadLetters: find('naps-dlt', 2, UNTIL, 4),
      parked: find('naps-dlt-parked', 1, { kind: 'for-ever' }),
      rows: { rows: 5, timeTravelDays: 7, hasFailSafe: true },
      hasState: true,
    },
    NAPS,
  );
  expect(steps.map(({ kind, found }) => [kind, found])).toEqual([
    ['rewrite', 2],
    ['rewrite', 1],
    ['delete-rows', 5],
    ['forget-state', 1],
  ]);
  expect(steps[2]?.remains).toBe('Time Travel keeps them for 7 days, Fail-safe for 7 days more');
  expect(unknown).toBe(4);
});
