import { expect, test } from 'vitest';
import { renderBench, shortfalls } from '#bench/bench-table.ts';
import { renderConformance, tally } from '#bench/conformance-report.ts';
import { choose } from '#bench/entry.ts';

test('a name that is none is answered with the names there are', () => {
  expect(() => choose('bench', { codec: 1, check: 2 }, 'speed')).toThrow(
    'name a bench, one of: codec, check (speed is none)',
  );
  expect(() => choose('bench', { codec: 1 }, 'toString')).toThrow('is none');
});

test('a figure below what is asked, above what is allowed, or no number at all is missed', () => {
  const figure = { unit: 'x', aim: null };
  const result = {
    setting: { node: '24' },
    figures: [
      { ...figure, what: 'fast', measured: 3, limit: { atLeast: 2.8 } },
      { ...figure, what: 'slow', measured: 2, limit: { atLeast: 2.8 } },
      { ...figure, what: 'late', measured: 5, limit: { atMost: 4 } },
      { ...figure, what: 'unknown', measured: Number.NaN, limit: { atMost: 4 } },
      { ...figure, what: 'control', measured: 0.1, limit: null },
    ],
  };
  expect(shortfalls(result).map(({ what }) => what)).toEqual(['slow', 'late', 'unknown']);
  expect(renderBench(result)).toMatch(/slow .*2x .*>= 2.80x .*MISSED/);
});

test('a disagreement is printed, and one that a rule covers is counted under the rule', () => {
  const comparisons = [
    { name: 'a', outcome: 'agrees' },
    { name: 'b', outcome: 'named', rule: 'zero is refused' },
    { name: 'c', outcome: 'disagrees', detail: '1, not 2' },
  ] as const;
  expect(renderConformance(comparisons, tally(comparisons))).toBe(
    'DISAGREES c: 1, not 2\n1 by the rule: zero is refused\n3 cases, 1 agree, 1 disagree\n',
  );
});
