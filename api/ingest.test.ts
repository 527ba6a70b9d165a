import { expect, test } from 'vitest';
import { createIngest, type IngestLimits } from '#api/ingest.ts';
import { ZonerError } from '#core/errors.ts';
import { TripPlan, type TripPlanInput } from '#generated/trip-plan/types.ts';
import type { Headers } from '#producer/ports.ts';
import type { WithHeaders } from '#producer/producer.ts';

const LIMITS: IngestLimits = { deadlineMs: 60_000, mostWaiting: 10, mostTogether: 4 };
const trip = (userId: string): TripPlanInput => ({ userId }) as TripPlanInput;

interface Sent {
  readonly users: readonly string[];
  readonly headers: readonly Headers[];
  readonly done: PromiseWithResolvers<void>;
}

/** Sends that end when the test says so. */
function slowProducer() {
  const sends: Sent[] = [];
  const sendWithHeaders = (_: unknown, values: readonly WithHeaders<unknown>[]): Promise<void> => {
    const done = Promise.withResolvers<void>();
    const users = values.map(({ value }) => (value as TripPlanInput).userId);
    sends.push({ users, headers: values.map(({ headers }) => headers), done });
    return done.promise;
  };
  return { sends, producer: { sendWithHeaders } };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what arrives while a send is under way goes out together with the next, in order and up to a bound', async () => {
  const { sends, producer } = slowProducer();
  const ingest = createIngest(producer, TripPlan, LIMITS);
  const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((user) => ingest.accept([trip(user)]));
  for (let index = 0; index < 3; index += 1) {
    await settle();
    sends[index]?.done.resolve();
  }
  await Promise.all(all);
  expect(sends.map(({ users }) => users)).toEqual([['a'], ['b', 'c', 'd', 'e'], ['f']]);
});

test('records that go out together carry each their own request’s headers', async () => {
  const { sends, producer } = slowProducer();
  const ingest = createIngest(producer, TripPlan, LIMITS);
  const headerOf = (text: string): Headers => [['traceparent', Buffer.from(text)]];
  const all = [
    ingest.accept([trip('a')], headerOf('1')),
    ingest.accept([trip('b'), trip('c')], headerOf('2')),
    ingest.accept([trip('d')]),
  ];
  for (let index = 0; index < 2; index += 1) {
    await settle();
    sends[index]?.done.resolve();
  }
  await Promise.all(all);
  expect(sends[1]?.headers).toEqual([headerOf('2'), headerOf('2'), []]);
});

test('a failed send refuses the requests in it, and no others', async () => {
  const { sends, producer } = slowProducer();
  const ingest = createIngest(producer, TripPlan, LIMITS);
  const first = ingest.accept([trip('a')]);
  const second = ingest.accept([trip('b')]);
  sends[0]?.done.reject(new ZonerError('KAFKA_UNAVAILABLE', 'down'));
  await expect(first).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
  await settle();
  sends[1]?.done.resolve();
  await expect(second).resolves.toBeUndefined();
});

test('a value that does not fit refuses its own request alone', async () => {
  const sent: string[] = [];
  const gate = Promise.withResolvers<void>();
  const sendWithHeaders = async (_: unknown, values: readonly WithHeaders<unknown>[]): Promise<void> => {
    await gate.promise;
    const users = values.map(({ value }) => (value as TripPlanInput).userId);
    if (users.includes('bad')) throw new ZonerError('VALUE_INVALID', 'userId');
    sent.push(...users);
  };
  const ingest = createIngest({ sendWithHeaders }, TripPlan, LIMITS);
  const outcomes = ['a', 'b', 'bad', 'c'].map((user) => ingest.accept([trip(user)]));
  gate.resolve();
  const settled = await Promise.allSettled(outcomes);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(sent).toEqual(['a', 'b', 'c']);
});

test('more records than may wait are refused at once', async () => {
  const { producer } = slowProducer();
  const ingest = createIngest(producer, TripPlan, LIMITS);
  // It waits for longer than this test: what becomes of it is told to nobody.
  ingest.accept(Array.from({ length: 8 }, () => trip('a'))).catch(() => undefined);
  await expect(ingest.accept([trip('b'), trip('c'), trip('d')])).rejects.toMatchObject({
    code: 'KAFKA_UNAVAILABLE',
  });
});

test('a request that waited too long is refused, and is not sent afterwards', async () => {
  const { sends, producer } = slowProducer();
  const ingest = createIngest(producer, TripPlan, { ...LIMITS, deadlineMs: 20 });
  const outcomes = await Promise.allSettled([ingest.accept([trip('a')]), ingest.accept([trip('b')])]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  sends[0]?.done.resolve();
  await settle();
  expect(sends).toHaveLength(1);
});
