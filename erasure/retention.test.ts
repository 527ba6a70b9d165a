import { expect, test } from 'vitest';
import { retainedBy } from '#erasure/retention.ts';

const DAY = 86_400_000;
const settings = (values: Record<string, string>) => new Map(Object.entries(values));

test('a record is gone once the segment that took it, and then its retention, have passed', () => {
  const of = settings({
    'cleanup.policy': 'delete',
    'retention.ms': String(14 * DAY),
    'segment.ms': String(DAY),
  });
  expect(retainedBy(of, 1000n)).toEqual({ kind: 'until', at: 1000 + 15 * DAY + 360_000 });
});

test('a topic that is compacted and deleted lets go by its retention', () => {
  const of = settings({ 'cleanup.policy': 'compact,delete', 'retention.ms': '1000', 'segment.ms': '500' });
  expect(retainedBy(of, 0n)).toMatchObject({ kind: 'until' });
});

test('a topic without an end to its retention keeps records, and one that is compacted until it is cleaned', () => {
  expect(retainedBy(settings({ 'cleanup.policy': 'delete', 'retention.ms': '-1' }), 0n).kind).toBe(
    'for-ever',
  );
  expect(retainedBy(settings({ 'cleanup.policy': 'compact' }), 0n).kind).toBe('until-compacted');
});
