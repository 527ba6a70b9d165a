import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { scan } from '#consumer/scan.ts';
import { createKafka } from '#kafka/kafkajs-client.ts';
import { createKafkajsConsumer } from '#kafka/kafkajs-consumer.ts';
import { createKafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { createKafkajsTopics } from '#kafka/kafkajs-topics.ts';
import { liveConfig } from '#stack/live-environment.ts';

const { kafka: config } = liveConfig();
const offsets = createKafkajsOffsets(config);
afterAll(() => offsets.close());

/** A topic with one record of a committed transaction, its marker, and two of an aborted one with theirs: five offsets. */
async function topicOfTransactions(): Promise<string> {
  const topic = `transactions-${randomUUID()}`;
  const create = { kind: 'create-topic', topic, partitions: 1, replicas: 1, settings: new Map() } as const;
  await createKafkajsTopics(config).make({ ...create, description: `create ${topic}` });
  const producer = createKafka(config).producer({
    transactionalId: topic,
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  const kept = await producer.transaction();
  await kept.send({ topic, messages: [{ value: 'kept' }] });
  await kept.commit();
  const dropped = await producer.transaction();
  await dropped.send({ topic, messages: [{ value: 'dropped' }, { value: 'dropped' }] });
  await dropped.abort();
  await producer.disconnect();
  return topic;
}

test('behind aborted records a scan comes to its end, and a group commits up to the end of the topic', async () => {
  const topic = await topicOfTransactions();
  expect(await offsets.ranges(topic)).toEqual(new Map([[0, { low: 0n, high: 5n }]]));
  const transport = createKafkajsConsumer(config, { maxBytesPerPartition: 1 });
  const signal = AbortSignal.timeout(30_000);
  const seen: string[] = [];
  await scan(topic, { transport, offsets, signal }, ({ value }) => seen.push(String(value)));
  expect(seen).toEqual(['kept']);

  const read: [count: number, end: bigint | undefined][] = [];
  const atEnd = Promise.withResolvers<void>();
  const subscription = await transport.run({
    group: topic,
    topics: [topic],
    async onBatch({ records, end, commit }) {
      read.push([records.length, end]);
      await commit(end ?? (records.at(-1)?.offset ?? -1n) + 1n);
      if (end === 5n) atEnd.resolve();
    },
    onFatal: atEnd.reject,
  });
  await atEnd.promise;
  await subscription.stop();
  // One byte a fetch: each batch of the log comes alone, and only the first has a record to deliver.
  expect(read[0]).toEqual([1, 1n]);
  expect(read.slice(1).map(([count]) => count)).toEqual(read.slice(1).map(() => 0));
  expect(await offsets.committed(topic, topic)).toEqual(new Map([[0, 5n]]));
});
