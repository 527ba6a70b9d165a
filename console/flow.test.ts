import { expect, test } from 'vitest';
import { FlowHistory, minuteOf, startOf, sumOfFlows, totalOf } from '#console/flow.ts';
import { readPast } from '#console/read-past.ts';

const NOW = Date.parse('2026-03-02T12:00:30Z');
const LAST = minuteOf(NOW);
const at = (minutesAgo: number): number => startOf(LAST - minutesAgo) + 20_000;
const sample = (produced: number, lag = 0, letters = 0) => ({
  produced: BigInt(produced),
  letters: BigInt(letters),
  lag: BigInt(lag),
  flood: null,
});

test('a minute holds what came between its ends; one of which an end is missing is unknown, and is not zero', () => {
  const history = new FlowHistory();
  history.enter(at(2), sample(100, 3, 1));
  history.enter(at(1), sample(150, 0, 4));
  history.enter(at(0), sample(150));
  const flow = history.minutes(NOW, new Map([[LAST - 1, 47]]));
  expect(flow).toHaveLength(60);
  expect(flow.at(-2)).toEqual({ minute: LAST - 1, produced: 50, letters: 3, rows: 47, lag: 0 });
  expect(flow.at(-1)).toMatchObject({ produced: 0, rows: 0 });
  expect(flow.at(-3)).toMatchObject({ produced: null, letters: null, rows: 0, lag: 3 });
  expect(history.minutes(NOW, null).at(-2)?.rows).toBeNull();
  expect(totalOf(flow, 'produced')).toBe(50);
  expect(totalOf(flow.slice(0, 10), 'produced')).toBeNull();
});

test('the last sample of a minute counts, a topic made anew counts from zero, and an hour is all that is kept', () => {
  const history = new FlowHistory();
  history.enter(at(70), sample(1));
  history.enter(at(1), sample(10));
  history.enter(at(0), sample(20));
  history.enter(at(0) + 5000, sample(4));
  const flow = history.minutes(NOW, null);
  expect(flow.at(-1)?.produced).toBe(4);
  expect(flow.filter(({ produced }) => produced !== null)).toHaveLength(1);
  history.enterEnd(LAST, 'produced', 99n);
  expect(history.minutes(NOW, null).at(-1)?.produced).toBe(4);
});

test('a sum is of what is known', () => {
  const one = new FlowHistory();
  one.enter(at(1), sample(0));
  one.enter(at(0), sample(5, 2));
  const sum = sumOfFlows([one.minutes(NOW, new Map([[LAST, 3]])), new FlowHistory().minutes(NOW, new Map())]);
  expect(sum.at(-1)).toMatchObject({ produced: 5, rows: 3, lag: 2 });
  expect(sum.at(-2)).toMatchObject({ produced: null, lag: 0 });
});

test('records that wait while none is consumed are told after how long; a group that moves is not', () => {
  const stuck = new FlowHistory();
  const moving = new FlowHistory();
  for (const ago of [4, 3, 2, 1, 0]) {
    stuck.enter(at(ago), sample(200 - ago * 10, 150 - ago * 10));
    moving.enter(at(ago), sample(200, 100 + ago));
  }
  expect(stuck.stuckMinutes(NOW)).toBe(4);
  expect(moving.stuckMinutes(NOW)).toBe(0);
  expect(new FlowHistory().stuckMinutes(NOW)).toBe(0);
});

test('what was before is asked in few questions, and none about a stretch in which nothing happened', async () => {
  const truth = (minute: number): bigint => (minute < 17 ? 5n : minute < 40 ? 9n : 12n);
  const asked: number[] = [];
  const known = new Map<number, bigint>();
  const ask = async (minute: number): Promise<bigint> => {
    asked.push(minute);
    return truth(minute);
  };
  await readPast([0, 60], [truth(0), truth(60)], ask, (minute, count) => known.set(minute, count));
  expect([...known].filter(([minute, count]) => count !== truth(minute))).toEqual([]);
  expect(known.size).toBe(59);
  expect(asked.length).toBeLessThan(14);
});
