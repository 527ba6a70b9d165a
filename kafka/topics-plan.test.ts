import { expect, test } from 'vitest';
import type { Contract } from '#contract/contract.ts';
import type { TopicAdmin } from '#kafka/kafkajs-topics.ts';
import { applyTopics } from '#kafka/topics-apply.ts';
import { desiredTopics } from '#kafka/topics-desired.ts';
import { type ActualTopics, planTopics, type TopicChange } from '#kafka/topics-plan.ts';

const contract = { topic: 't', partitions: 6, retentionDays: 14 } as unknown as Contract;
const desired = desiredTopics([contract]);
const DAY = 86_400_000;

/** A cluster that has just what the contract wants, but for what is named here. */
function cluster(differences: Record<string, Record<string, string | number>> = {}): ActualTopics {
  const { changes } = planTopics(desired, { brokers: 1, topics: new Map() });
  const topics = changes.flatMap((change) => {
    if (change.kind !== 'create-topic') return [];
    const { partitions = change.partitions, ...settings } = differences[change.topic] ?? {};
    const found = new Map([['max.message.bytes', '1048588'], ...change.settings]);
    for (const [name, value] of Object.entries(settings)) found.set(name, String(value));
    return [[change.topic, { name: change.topic, partitions: Number(partitions), settings: found }] as const];
  });
  return { brokers: 1, topics: new Map(topics) };
}

const creations = (changes: readonly TopicChange[]) =>
  changes.map((change) =>
    change.kind === 'create-topic'
      ? [change.topic, change.partitions, Object.fromEntries(change.settings)]
      : change,
  );

test('an empty cluster gets the five topics of a contract', () => {
  const plan = planTopics(desired, { brokers: 1, topics: new Map() });
  const own = { 'cleanup.policy': 'delete', 'retention.ms': `${14 * DAY}` };
  const large = { 'max.message.bytes': `${1_048_588 + 65_536}` };
  expect(creations(plan.changes)).toEqual([
    ['t', 6, own],
    ['t-retry', 6, { ...own, ...large }],
    ['t-dlt', 6, { ...own, ...large, 'retention.ms': `${30 * DAY}` }],
    ['t-dlt-status', 1, { 'cleanup.policy': 'compact' }],
    ['t-dlt-parked', 6, { ...own, ...large, 'retention.ms': '-1' }],
  ]);
});

test('what is as it is wanted needs no change', () => {
  expect(planTopics(desired, cluster())).toEqual({ changes: [], notes: [], refusals: [] });
});

test('three brokers hold three replicas, two of which have to be in sync', () => {
  const [first] = planTopics(desired, { brokers: 3, topics: new Map() }).changes;
  expect(first).toMatchObject({ replicas: 3 });
  expect(first?.kind === 'create-topic' && first.settings.get('min.insync.replicas')).toBe('2');
});

test('the dead letter topic holds the largest record of a source that was enlarged', () => {
  const plan = planTopics(desired, cluster({ t: { 'max.message.bytes': 5_000_000 } }));
  expect(plan.changes.map(({ topic }) => topic)).toEqual(['t-retry', 't-dlt', 't-dlt-parked']);
  expect(plan.changes[1]?.description).toBe('t-dlt: max.message.bytes 1114124 -> 5065536');
});

test('missing partitions are added, and surplus ones only noted', () => {
  const fewer = planTopics(desired, cluster({ t: { partitions: 4 } }));
  expect(fewer.changes).toEqual([expect.objectContaining({ kind: 'add-partitions', partitions: 6 })]);
  const more = planTopics(desired, cluster({ t: { partitions: 12 } }));
  expect(more.changes).toEqual([]);
  expect(more.notes[0]?.description).toBe('t: has 12 partitions, the contract asks for 6');
});

test('a retention is made longer, and never shorter', () => {
  const shorter = planTopics(desired, cluster({ t: { 'retention.ms': DAY } }));
  expect(shorter.changes[0]?.description).toBe(`t: retention.ms ${DAY} -> ${14 * DAY}`);
  for (const kept of [15 * DAY, -1]) {
    const longer = planTopics(desired, cluster({ t: { 'retention.ms': kept } }));
    expect(longer.changes).toEqual([]);
    expect(longer.notes).toHaveLength(1);
  }
});

test('a retention shorter than a reader looks back is refused', () => {
  const needs = new Map([['t', { days: 15, reader: 'recommendations' }]]);
  const empty = { brokers: 1, topics: new Map() };
  expect(planTopics(desired, empty, needs).refusals).toEqual([
    {
      topic: 't',
      description: 't: contract.json keeps 14 days, and recommendations need 15: set retentionDays',
    },
  ]);
  const enough = new Map([['t', { days: 14, reader: 'recommendations' }]]);
  expect(planTopics(desired, empty, enough).refusals).toEqual([]);
});

test('another clean-up is refused before anything is changed', async () => {
  const plan = planTopics(desired, cluster({ t: { 'cleanup.policy': 'compact', partitions: 1 } }));
  const made: TopicChange[] = [];
  const admin: TopicAdmin = {
    read: () => Promise.reject(new Error('not asked')),
    make: async (change) => {
      made.push(change);
    },
  };
  await expect(applyTopics(plan, admin)).rejects.toMatchObject({
    code: 'TOPIC_DIFFERS',
    message: 't: cleanup.policy is compact and not delete',
  });
  expect(made).toEqual([]);
});
