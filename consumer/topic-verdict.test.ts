import { expect, test } from 'vitest';
import {
  FOREIGN_ID,
  framedNap,
  INCOMPATIBLE_ID,
  writers as known,
  naps,
  OWN_ID,
  recordOf,
} from '#consumer/examples.ts';
import type { KafkaRecord, WriterSchemas } from '#consumer/ports.ts';
import { createReader } from '#consumer/reader.ts';
import { TopicTally } from '#consumer/topic-verdict.ts';

const writers: WriterSchemas = { lookUp: async () => known };

function tallyOf(sample = 0): TopicTally {
  return new TopicTally({ reader: createReader(naps), writers, sample });
}

/** A record at this offset, a second after the one before. */
function at(offset: bigint, value: Uint8Array | null): KafkaRecord {
  return { ...recordOf(offset, value), timestamp: 1_700_000_000_000n + offset * 1000n };
}

test('each id is counted with its first and its last record', async () => {
  const tally = tallyOf();
  await tally.add([at(1n, framedNap(1)), at(2n, null)]);
  await tally.add([at(3n, framedNap(2)), at(4n, framedNap(3, FOREIGN_ID))]);
  const mark = (offset: bigint) => ({ partition: 1, offset, timestamp: 1_700_000_000_000n + offset * 1000n });
  expect(tally.close()).toMatchObject({
    records: 4,
    refused: 1,
    skipped: 1,
    ids: [
      { schemaId: OWN_ID, records: 2, refused: 0, first: mark(1n), last: mark(3n) },
      { schemaId: FOREIGN_ID, records: 1, refused: 1, first: mark(4n), last: mark(4n) },
    ],
  });
});

test('refusals are told by cause, with the newest and as many places as asked for', async () => {
  const tally = tallyOf(2);
  await tally.add([1n, 2n, 3n].map((offset) => at(offset, framedNap(1, INCOMPATIBLE_ID))));
  await tally.add([at(4n, Buffer.from('{}'))]);
  const { causes } = tally.close();
  expect(causes).toMatchObject([
    {
      schemaId: INCOMPATIBLE_ID,
      code: 'WRITER_INCOMPATIBLE',
      reason: expect.stringContaining('minutes'),
      records: 3,
      newest: { offset: 3n },
      sample: [{ offset: 1n }, { offset: 2n }],
    },
    { schemaId: null, code: 'NO_FRAME', records: 1 },
  ]);
});

test('garbage with an id of its own in each record takes no more room than a thousand kinds', async () => {
  const tally = new TopicTally({
    reader: createReader(naps),
    writers: {
      lookUp: async (ids) => new Map([...ids].map((id) => [id, { kind: 'unknown' }])),
    },
    sample: 1,
  });
  for (let batch = 0; batch < 30; batch += 1) {
    await tally.add(
      Array.from({ length: 100 }, (_, index) => at(1n, framedNap(1, 10 + batch * 100 + index))),
    );
  }
  const verdict = tally.close();
  expect([verdict.records, verdict.refused]).toEqual([3000, 3000]);
  expect([verdict.ids.length, verdict.causes.length, verdict.otherRefusals]).toEqual([1000, 1000, 2000]);
});
