import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { partitionOf } from '#kafka/partitioner.ts';
import { bytes, commit, record, type SuiteTransport, text } from '#kafka/suite-transport.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

/** What every adapter promises of the records themselves. */
export function recordsSuite(transport: SuiteTransport): void {
  const { freshTopic, send, run, take } = transport;

  test('records of a partition arrive once, in the order in which they were sent', async () => {
    const topic = await freshTopic(2);
    const values = Array.from({ length: 3000 }, (_, index) => `${index}`);
    await send(values.map((value, index) => record(topic, value, { partition: index % 2 })));
    const records = await take(topic, topic, values.length);
    for (const partition of [0, 1]) {
      const own = records.filter((each) => each.partition === partition);
      expect(own.map(({ value }) => text(value))).toEqual(
        values.filter((_, index) => index % 2 === partition),
      );
      expect(own.map(({ offset }) => offset)).toEqual(own.map((_, index) => BigInt(index)));
    }
  });

  test('records for partitions that came to be after their producer began arrive', async () => {
    const topic = await freshTopic(1);
    const producer = transport.producer();
    await producer.send([record(topic, 'before')]);
    await transport.grow(topic, 3);
    await producer.send([0, 1, 2].map((partition) => record(topic, `after ${partition}`, { partition })));
    const records = await take(topic, topic, 4);
    expect(records.map(({ partition, value }) => [partition, text(value)]).sort()).toEqual([
      [0, 'after 0'],
      [0, 'before'],
      [1, 'after 1'],
      [2, 'after 2'],
    ]);
  });

  test('partitions that come to be are read by a group that runs', async () => {
    const topic = await freshTopic(1);
    const values: string[] = [];
    const subscription = await run(topic, topic, async (batch) => {
      values.push(...batch.records.map(({ value }) => text(value) ?? ''));
      await commit(batch);
    });
    await send([record(topic, 'before')]);
    await expect.poll(() => values, { timeout: 20_000 }).toEqual(['before']);
    await transport.grow(topic, 3);
    await send([0, 1, 2].map((partition) => record(topic, `after ${partition}`, { partition })));
    const all = ['after 0', 'after 1', 'after 2', 'before'];
    await expect.poll(() => values.toSorted(), { timeout: 30_000 }).toEqual(all);
    await subscription.stop();
  });

  test('two sends at once keep their order too', async () => {
    const topic = await freshTopic(1);
    const producer = transport.producer();
    const sends = Array.from({ length: 20 }, (_, index) => producer.send([record(topic, `${index}`)]));
    await Promise.all(sends);
    const records = await take(topic, topic, 20);
    expect(records.map(({ value }) => text(value))).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
  });

  test('keys and values arrive byte for byte, and null is not empty', async () => {
    const topic = await freshTopic(1);
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    const pairs: readonly (readonly [Uint8Array | null, Uint8Array | null])[] = [
      [all, all.toReversed()],
      [null, null],
      [new Uint8Array(0), new Uint8Array(0)],
      [all.subarray(3, 9), null],
      [null, Buffer.alloc(300_000, 7)],
    ];
    await send(pairs.map(([key, value]) => record(topic, '', { key, value })));
    const records = await take(topic, topic, pairs.length);
    const hex = (value: Uint8Array | null) => (value === null ? null : Buffer.from(value).toString('hex'));
    expect(records.map(({ key, value }) => [hex(key), hex(value)])).toEqual(
      pairs.map(([key, value]) => [hex(key), hex(value)]),
    );
  });

  test('a record that only a compressed batch has room for goes out, and comes back', async () => {
    const topic = await freshTopic(1);
    const value = Buffer.alloc(3_000_000, 7);
    await send([record(topic, '', { value })]);
    const [first] = await take(topic, topic, 1);
    expect(Buffer.compare(first?.value ?? Buffer.alloc(0), value)).toBe(0);
  });

  test('headers arrive with their bytes, twice if they were sent twice, whatever they are called', async () => {
    const topic = await freshTopic(1);
    const headers = [
      ['plain', Uint8Array.of(0, 255, 128)],
      ['__proto__', bytes('a')],
      ['constructor', bytes('b')],
      ['toString', bytes('')],
      ['twice', bytes('1')],
      ['twice', bytes('2')],
      ['dlt.src.offset', bytes('7')],
    ] as const;
    await send([record(topic, 'a', { headers }), record(topic, 'b')]);
    const [first, second] = await take(topic, topic, 2);
    const flat = (all: OutgoingRecord['headers'] = []) =>
      all.map(([key, value]) => [key, value && [...value]]);
    expect(flat(first?.headers)).toEqual(flat(headers));
    expect(second?.headers).toEqual([]);
  });

  test('a null header value does not stop a send: it arrives as null, or empty where headers are not exact', async () => {
    const topic = await freshTopic(1);
    await send([record(topic, 'a', { headers: [['gone', null]] })]);
    const [first] = await take(topic, topic, 1);
    const [header] = first?.headers ?? [];
    expect(header?.[0]).toBe('gone');
    expect(text(header?.[1])).toBe(transport.consumer().exactHeaders ? null : '');
  });

  test('a timestamp is kept, and a missing one is now', async () => {
    const topic = await freshTopic(1);
    const before = BigInt(Date.now());
    await send([record(topic, 'a', { timestamp: 1_600_000_000_123n }), record(topic, 'b')]);
    const [first, second] = await take(topic, topic, 2);
    expect(first?.timestamp).toBe(1_600_000_000_123n);
    expect(second?.timestamp).toBeGreaterThanOrEqual(before);
    expect(second?.timestamp).toBeLessThanOrEqual(BigInt(Date.now()));
  });

  test('a key chooses the partition that the Java client would choose', async () => {
    const topic = await freshTopic(5);
    const keys = Array.from({ length: 40 }, (_, index) => `user-${index}`);
    await send(keys.map((key) => record(topic, key, { partition: null, key: bytes(key) })));
    const records = await take(topic, topic, keys.length);
    expect(new Map(records.map(({ key, partition }) => [text(key), partition]))).toEqual(
      new Map(keys.map((key) => [key, partitionOf(bytes(key), 5)])),
    );
  });

  test('records without a key and a partition are spread', async () => {
    const topic = await freshTopic(3);
    await send(Array.from({ length: 9 }, () => record(topic, 'x', { partition: null })));
    const records = await take(topic, topic, 9);
    expect(new Set(records.map(({ partition }) => partition))).toEqual(new Set([0, 1, 2]));
  });

  test('an unknown topic is named as missing, within two seconds', async () => {
    const topic = `suite-${randomUUID()}`;
    const before = performance.now();
    const missing = { code: 'TOPIC_MISSING', message: expect.stringContaining(topic) };
    await expect(send([record(topic, 'a')])).rejects.toMatchObject(missing);
    await expect(run(topic, topic, commit)).rejects.toMatchObject(missing);
    await expect(transport.offsets().ranges(topic)).rejects.toMatchObject(missing);
    expect(performance.now() - before).toBeLessThan(2000);
  });

  test('a partition that the topic does not have is refused', async () => {
    const topic = await freshTopic(1);
    await expect(send([record(topic, 'a', { partition: 1 })])).rejects.toMatchObject({
      code: 'TOPIC_DIFFERS',
    });
  });
}
