import { expect, test } from 'vitest';
import type { Batch } from '#consumer/ports.ts';
import { createMemoryBroker } from '#kafka/memory-broker.ts';
import { createMemoryConsumer } from '#kafka/memory-consumer.ts';
import { createMemoryProducer } from '#kafka/memory-producer.ts';
import { transportSuite } from '#kafka/transport-suite.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

const shared = createMemoryBroker();
transportSuite('the memory adapters', {
  createTopic: async (name, partitions) => shared.log.createTopic(name, partitions),
  grow: async (topic, partitions) => shared.log.grow(topic, partitions),
  producer: () => createMemoryProducer(shared),
  consumer: () => createMemoryConsumer(shared),
  offsets: () => shared,
});

const record = (value: string): OutgoingRecord => ({
  topic: 't',
  partition: 0,
  key: null,
  value: Buffer.from(value),
  headers: [],
  timestamp: null,
});

function brokerWithTopic() {
  const broker = createMemoryBroker();
  broker.log.createTopic('t', 1);
  return { broker, producer: createMemoryProducer(broker) };
}

test('a send that is told to fail writes nothing, or all of it without saying so', async () => {
  const { broker, producer } = brokerWithTopic();
  broker.faults.failSends(1);
  await expect(producer.send([record('a')])).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
  expect(broker.log.records('t')).toHaveLength(0);
  broker.faults.failSends(1, { written: true });
  await expect(producer.send([record('a')])).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
  expect(broker.log.records('t')).toHaveLength(1);
  await producer.send([record('a')]);
  expect(broker.log.records('t')).toHaveLength(2);
});

test('a send that is held is written when it is let go', async () => {
  const { broker, producer } = brokerWithTopic();
  const letGo = broker.faults.holdSends();
  const sending = producer.send([record('a')]);
  await Promise.resolve();
  expect(broker.log.records('t')).toHaveLength(0);
  letGo();
  await sending;
  expect(broker.log.records('t')).toHaveLength(1);
});

test('a rebalance in the middle of a batch aborts it, and the batch comes again', async () => {
  const { broker, producer } = brokerWithTopic();
  await producer.send([record('a')]);
  const batches: Batch[] = [];
  const again = Promise.withResolvers<void>();
  const subscription = await createMemoryConsumer(broker).run({
    group: 'g',
    topics: ['t'],
    async onBatch(batch) {
      batches.push(batch);
      if (batches.length === 1) broker.faults.rebalance('g');
      else again.resolve();
    },
    onFatal: (error) => again.reject(error),
  });
  await again.promise;
  await subscription.stop();
  expect(batches.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  expect(batches.map(({ records }) => records[0]?.offset)).toEqual([0n, 0n]);
});

test('a commit that is told to fail changes nothing, and the next one does', async () => {
  const { broker, producer } = brokerWithTopic();
  await producer.send([record('a')]);
  broker.faults.failCommits(1);
  const outcomes: unknown[] = [];
  const done = Promise.withResolvers<void>();
  const subscription = await createMemoryConsumer(broker).run({
    group: 'g',
    topics: ['t'],
    async onBatch(batch) {
      outcomes.push(await batch.commit(1n).catch((error: unknown) => error));
      outcomes.push(await broker.committed('g', 't'));
      await batch.commit(1n);
      done.resolve();
    },
    onFatal: (error) => done.reject(error),
  });
  await done.promise;
  await subscription.stop();
  expect(outcomes).toEqual([expect.objectContaining({ code: 'KAFKA_UNAVAILABLE' }), new Map()]);
  expect(await broker.committed('g', 't')).toEqual(new Map([[0, 1n]]));
});

test('a group whose committed offset was deleted begins at the first record that is left', async () => {
  const { broker, producer } = brokerWithTopic();
  await producer.send(['a', 'b', 'c'].map(record));
  broker.commit('g', 't', 0, 1n, '');
  broker.log.truncate('t', 0, 2n);
  expect(broker.startOf('g', 't', 0)).toBe(2n);
  expect(await broker.ranges('t')).toEqual(new Map([[0, { low: 2n, high: 3n }]]));
  expect(broker.log.read('t', 0, 0n, 9).map(({ offset }) => offset)).toEqual([2n]);
});
