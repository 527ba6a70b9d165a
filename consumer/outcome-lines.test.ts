import { expect, test } from 'vitest';
import { FOREIGN_ID, framedNap, naps, recordOf, writers } from '#consumer/examples.ts';
import { outcomeLines } from '#consumer/outcome-lines.ts';
import { partition } from '#consumer/partition.ts';
import { createReader } from '#consumer/reader.ts';

test('each record has one line, in the order of offsets: its value, or why it is none', () => {
  const records = [
    recordOf(3n, framedNap(20)),
    recordOf(4n, Buffer.from('no frame')),
    recordOf(5n, null),
    recordOf(6n, framedNap(30, FOREIGN_ID)),
    recordOf(7n, framedNap(40)),
  ];
  const lines = outcomeLines(naps, partition(records, writers, createReader(naps)));
  const place = { topic: 'naps', partition: 1 };
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { ...place, offset: '3', outcome: 'row', value: { user: 'ada', minutes: 20 } },
    { ...place, offset: '4', outcome: 'dead letter', code: 'NO_FRAME', reason: expect.any(String) },
    { ...place, offset: '5', outcome: 'skipped', reason: 'tombstone' },
    { ...place, offset: '6', outcome: 'dead letter', code: 'SUBJECT_MISMATCH', reason: expect.any(String) },
    { ...place, offset: '7', outcome: 'row', value: { user: 'ada', minutes: 40 } },
  ]);
  for (const line of lines) expect(line).not.toContain('\n');
});
