import { createRecordsBatch } from '@platformatic/kafka';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KafkaRecord } from '#consumer/ports.ts';
import { endOfBatches, readRecordBatches } from '#kafka/record-batches.ts';

const PLACE = { topic: 't', partition: 3 };
const TRANSACTIONAL = 0b10000;
const CONTROL = 0b100000;

interface Sent {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: bigint;
  readonly headers: readonly (readonly [string, Buffer | null])[];
}

/** A batch as another implementation writes it, put where a broker would have put it. */
function batchAt(
  offset: bigint,
  sent: readonly Sent[],
  options: { readonly compression?: 'gzip' | 'snappy' | 'lz4' | 'zstd'; readonly producerId?: bigint } = {},
  attributes = 0,
): Buffer {
  const messages = sent.map(({ headers, ...rest }) => {
    return {
      ...rest,
      ...PLACE,
      headers: new Map(headers.map(([name, value]) => [Buffer.from(name), value])),
    };
  });
  const bytes = Buffer.from(createRecordsBatch(messages as never, options as never).buffer);
  bytes.writeBigInt64BE(offset);
  bytes.writeInt16BE(bytes.readInt16BE(21) | attributes, 21);
  return bytes;
}

const plain = (value: string): Sent => ({ key: null, value: Buffer.from(value), timestamp: 7n, headers: [] });
/** What a record tells when it is asked, since it makes its fields only then. */
const told = ({ topic, partition, offset, timestamp, key, value, headers }: KafkaRecord) => {
  return { topic, partition, offset, timestamp, key, value, headers };
};
const valuesOf = (records: readonly { readonly value: Uint8Array | null }[]): string[] =>
  records.map(({ value }) => String(value));

/** Says how a transaction of this producer ended. */
const marker = (offset: bigint, producerId: bigint, type: 0 | 1): Buffer => {
  const key = Buffer.from([0, 0, 0, type]);
  return batchAt(offset, [{ ...plain(''), key }], { producerId }, TRANSACTIONAL | CONTROL);
};

const bytes = fc.option(fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each)));
const sent = fc.record({
  key: bytes,
  value: bytes,
  timestamp: fc.bigInt({ min: 2n ** 40n, max: 2n ** 40n + 2n ** 31n - 1n }),
  headers: fc.array(fc.tuple(fc.string({ maxLength: 9 }), bytes), { maxLength: 3 }),
});
const compression = fc.option(fc.constantFrom('gzip', 'snappy', 'lz4', 'zstd'), { nil: undefined });

test('records come out as another implementation wrote them, however they are packed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.array(sent, { minLength: 1, maxLength: 8 }), compression), { maxLength: 4 }),
      fc.bigInt({ min: 0n, max: 2n ** 60n }),
      async (batches, base) => {
        let next = base;
        const written = batches.map(([records, packed]) => {
          const batch = batchAt(next, records, packed === undefined ? {} : { compression: packed });
          next += BigInt(records.length);
          return batch;
        });
        const { records, end } = await readRecordBatches(Buffer.concat(written), PLACE, base);
        expect([end, endOfBatches(Buffer.concat(written), base)]).toEqual([next, next]);
        const expected = batches.flatMap(([each]) => each);
        expect(records.map(told)).toEqual(
          expected.map((each, index) => ({ ...PLACE, ...each, offset: base + BigInt(index) })),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('a batch that begins before the asked offset gives only what follows it', async () => {
  const batch = batchAt(10n, ['a', 'b', 'c'].map(plain));
  const { records, end } = await readRecordBatches(batch, PLACE, 12n);
  expect(valuesOf(records)).toEqual(['c']);
  expect(records[0]?.offset).toBe(12n);
  expect(end).toBe(13n);
});

test('records of one batch may be centuries apart', async () => {
  const century = 3_155_760_000_000n;
  // 2 * 3155760000000 in groups of seven bits, the lowest first; one less for the time before.
  const later = [0x80, 0xb0, 0xa1, 0x9f, 0xd8, 0xb7, 0x01];
  const earlier = [0xff, 0xaf, 0xa1, 0x9f, 0xd8, 0xb7, 0x01];
  const recordOf = (delta: readonly number[], at: number): number[] => {
    const body = [0, ...delta, at * 2, 1, 1, 0];
    return [body.length * 2, ...body];
  };
  const head = batchAt(0n, [plain('')]).subarray(0, 61);
  const batch = Buffer.concat([head, Buffer.from([...recordOf(later, 0), ...recordOf(earlier, 1)])]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(2, 57);
  const { records } = await readRecordBatches(batch, PLACE, 0n);
  expect(records.map(({ timestamp }) => timestamp)).toEqual([7n + century, 7n - century]);
});

test('a batch that is cut off anywhere is left for the next fetch', async () => {
  const whole = batchAt(0n, [plain('a')]);
  const cut = batchAt(1n, [plain('b')]);
  for (let length = 0; length < cut.length; length += 1) {
    const { records, end } = await readRecordBatches(
      Buffer.concat([whole, cut.subarray(0, length)]),
      PLACE,
      0n,
    );
    expect([valuesOf(records), end]).toEqual([['a'], 1n]);
  }
});

test('records of an aborted transaction and all markers are passed over, those of others are not', async () => {
  const log = Buffer.concat([
    batchAt(0n, [plain('aborted')], { producerId: 1n }, TRANSACTIONAL),
    batchAt(1n, [plain('committed')], { producerId: 2n }, TRANSACTIONAL),
    marker(2n, 1n, 0),
    batchAt(3n, [plain('of the next transaction')], { producerId: 1n }, TRANSACTIONAL),
    marker(4n, 2n, 1),
    batchAt(5n, [plain('of none')], { producerId: 1n }),
    marker(6n, 1n, 1),
  ]);
  const { records, end } = await readRecordBatches(log, PLACE, 0n, [{ producerId: 1n, firstOffset: 0n }]);
  expect(valuesOf(records)).toEqual(['committed', 'of the next transaction', 'of none']);
  expect(end).toBe(7n);
});

test('where the broker sets the time, every record has that of the batch', async () => {
  const LOG_APPEND_TIME = 0b1000;
  const batch = batchAt(0n, [plain('a'), { ...plain('b'), timestamp: 99n }], {}, LOG_APPEND_TIME);
  const { records } = await readRecordBatches(batch, PLACE, 0n);
  expect(records.map(({ timestamp }) => timestamp)).toEqual([99n, 99n]);
});

test('a format that nobody here reads is named with its topic', async () => {
  const old = batchAt(0n, [plain('a')]);
  old.writeInt8(1, 16);
  await expect(readRecordBatches(old, PLACE, 0n)).rejects.toMatchObject({
    code: 'TOPIC_DIFFERS',
    message: expect.stringContaining('"t"'),
  });
  const packed = batchAt(0n, [plain('a')], {}, 5);
  await expect(readRecordBatches(packed, PLACE, 0n)).rejects.toMatchObject({ code: 'TOPIC_DIFFERS' });
});
