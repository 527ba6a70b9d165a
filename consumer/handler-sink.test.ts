import { expect, test } from 'vitest';
import { framedNap, naps, recordOf, writers } from '#consumer/examples.ts';
import { createHandlerSink, type Delivery, Refusal } from '#consumer/handler-sink.ts';
import { partition } from '#consumer/partition.ts';
import { createReader } from '#consumer/reader.ts';
import { ZonerError } from '#core/errors.ts';

const { signal } = new AbortController();
const accepted = partition(
  [1, 2, 3].map((minutes) => recordOf(BigInt(minutes), framedNap(minutes))),
  writers,
  createReader(naps),
).accepted;

test('a handler gets each value with its place, in order', async () => {
  const seen: [unknown, Delivery][] = [];
  const sink = createHandlerSink((value, delivery) => void seen.push([value, delivery]));
  expect(await sink.write(accepted, signal)).toEqual({ inserted: 3, present: 0, refused: [] });
  expect(seen.map(([value]) => value)).toEqual([1, 2, 3].map((minutes) => ({ user: 'ada', minutes })));
  expect(seen[0]?.[1]).toMatchObject({
    topic: 'naps',
    partition: 1,
    offset: 1n,
    schemaId: 1,
    replayed: false,
  });
});

test('a refusal dead-letters its record and no other', async () => {
  const sink = createHandlerSink((value) => {
    if ((value as { minutes: number }).minutes === 2) throw new Refusal('too short');
  });
  const { inserted, refused } = await sink.write(accepted, signal);
  expect(inserted).toBe(2);
  expect(refused).toEqual([{ accepted: accepted[1], code: 'HANDLER_REFUSED', reason: 'too short' }]);
});

test('a handler that fails is tried again with the record that failed, and not with those before it', async () => {
  const seen: number[] = [];
  let broken = true;
  const sink = createHandlerSink((value) => {
    const { minutes } = value as { minutes: number };
    seen.push(minutes);
    if (minutes === 1) throw new Refusal('never');
    if (minutes === 2 && broken) throw new Error('the database is away');
  });
  await expect(sink.write(accepted, signal)).rejects.toMatchObject({
    code: 'HANDLER_FAILED',
    retryable: true,
  });
  broken = false;
  const { refused } = await sink.write(accepted, signal);
  expect(seen).toEqual([1, 2, 2, 3]);
  expect(refused).toHaveLength(1);
});

test('an outage that a handler meets is told as what it is', async () => {
  const sink = createHandlerSink(() => {
    throw new ZonerError('KAFKA_UNAVAILABLE', 'down');
  });
  await expect(sink.write(accepted, signal)).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
});

test('nothing is handed out once the partition is another’s', async () => {
  const gone = new AbortController();
  let calls = 0;
  const sink = createHandlerSink(() => {
    calls += 1;
    gone.abort(new Error('the group rebalances'));
  });
  await expect(sink.write(accepted, gone.signal)).rejects.toThrow('the group rebalances');
  expect(calls).toBe(1);
});
