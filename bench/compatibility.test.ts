import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { conformance } from '#bench/compatibility.ts';
import { tally } from '#bench/conformance-report.ts';

const fixture = new URL('fixtures/java-compatibility.ndjson', import.meta.url);

test('every pair has the verdict, the types and the places that Avro Java 1.12.1 gives', () => {
  const comparisons = [...conformance.compare(readFileSync(fixture, 'utf8'))];
  expect(comparisons.filter(({ outcome }) => outcome !== 'agrees')).toEqual([]);
  expect(tally(comparisons)).toMatchObject({ cases: 720, agreements: 720 });
});

test('a comparison that disagrees is told with both verdicts', () => {
  const line = { name: 'n', reader: 'int', writer: 'long', verdict: 'COMPATIBLE', incompatibilities: [] };
  expect([...conformance.compare(JSON.stringify(line))]).toMatchObject([
    { outcome: 'disagrees', detail: 'the file says COMPATIBLE; Zoner says INCOMPATIBLE, TYPE_MISMATCH at /' },
  ]);
});
