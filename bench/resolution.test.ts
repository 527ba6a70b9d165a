import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tally } from '#bench/conformance-report.ts';
import { conformance } from '#bench/resolution.ts';

const sample = readFileSync(new URL('fixtures/resolution-sample.ndjson', import.meta.url), 'utf8');

test('what Avro Java wrote with one schema and read as another is read here as there, value by value', () => {
  const comparisons = [...conformance.compare(sample)];
  expect(comparisons.filter(({ outcome }) => outcome === 'disagrees')).toEqual([]);
  expect(tally(comparisons)).toMatchObject({ cases: 90, agreements: 72 });
});

test('a value that is read differently is a disagreement', () => {
  const line = { name: 'n', writer: 'int', reader: 'long', hex: '02', read: { $long: '2' } };
  expect([...conformance.compare(JSON.stringify(line))]).toEqual([
    { name: 'n', outcome: 'disagrees', detail: '{"$long":"1"} instead of {"$long":"2"}' },
  ]);
});

test('a value that is refused there and read here is a disagreement', () => {
  const line = { name: 'n', writer: 'int', reader: 'long', hex: '02', error: 'no' };
  expect([...conformance.compare(JSON.stringify(line))]).toMatchObject([{ outcome: 'disagrees' }]);
});

test('a line that is no case is told by its number', () => {
  expect(() => [...conformance.compare('\n{"hex":1}')]).toThrow('line 2 is no case');
});
