import { expect, test } from 'vitest';
import { inSmallBatches } from '#client/small-batches.ts';
import type { Subscription } from '#consumer/ports.ts';
import { createMemoryBroker } from '#kafka/memory-broker.ts';
import { createMemoryConsumer } from '#kafka/memory-consumer.ts';
import { createMemoryProducer } from '#kafka/memory-producer.ts';

async function topicOf(count: number) {
  const broker = createMemoryBroker();
  broker.log.createTopic('naps', 1);
  const records = Array.from({ length: count }, (_, at) => {
    return { topic: 'naps', partition: 0, key: null, value: Buffer.from([at]), headers: [], timestamp: 0n };
  });
  await createMemoryProducer(broker, () => 0n).send(records);
  return broker;
}

const onFatal = (error: unknown): never => {
  throw error;
};

test('a batch comes in parts, each committed before the next', async () => {
  const broker = await topicOf(10);
  const seen: string[] = [];
  const done = Promise.withResolvers<void>();
  const subscription = await inSmallBatches(createMemoryConsumer(broker), 4).run({
    group: 'g',
    topics: ['naps'],
    async onBatch({ records, commit }) {
      seen.push(records.map(({ offset }) => offset).join(' '));
      await commit((records.at(-1)?.offset ?? 0n) + 1n);
      if ((await broker.committed('g', 'naps')).get(0) === 10n) done.resolve();
    },
    onFatal,
  });
  await done.promise;
  await subscription.stop();
  expect(seen).toEqual(['0 1 2 3', '4 5 6 7', '8 9']);
});

test('a consumer that stops finishes the part that it is at, and begins no other', async () => {
  const broker = await topicOf(10);
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  let parts = 0;
  const subscription: Subscription = await inSmallBatches(createMemoryConsumer(broker), 4).run({
    group: 'g',
    topics: ['naps'],
    async onBatch({ commit }) {
      parts += 1;
      begun.resolve();
      await go.promise;
      await commit(4n);
    },
    onFatal,
  });
  await begun.promise;
  const stopped = subscription.stop(10_000);
  go.resolve();
  await stopped;
  expect(parts).toBe(1);
  expect((await broker.committed('g', 'naps')).get(0)).toBe(4n);
});

test('a partition that is paused in one part gets none of the others', async () => {
  const broker = await topicOf(10);
  const paused = Promise.withResolvers<void>();
  let parts = 0;
  const subscription = await inSmallBatches(createMemoryConsumer(broker), 4).run({
    group: 'g',
    topics: ['naps'],
    async onBatch({ pause }) {
      parts += 1;
      pause();
      paused.resolve();
    },
    onFatal,
  });
  await paused.promise;
  await subscription.stop();
  expect(parts).toBe(1);
});
