import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { afterAll, expect, test } from 'vitest';
import type { Contract } from '#contract/contract.ts';
import { createKafka } from '#kafka/kafkajs-client.ts';
import { createKafkajsConsumer } from '#kafka/kafkajs-consumer.ts';
import { createKafkajsOffsets, type KafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { createKafkajsProducer } from '#kafka/kafkajs-producer.ts';
import { createKafkajsTopics } from '#kafka/kafkajs-topics.ts';
import { applyTopics, readTopicsPlan } from '#kafka/topics-apply.ts';
import { desiredTopics } from '#kafka/topics-desired.ts';
import { transportSuite } from '#kafka/transport-suite.ts';
import { liveConfig } from '#stack/live-environment.ts';

const { kafka: config } = liveConfig();
const admin = createKafkajsTopics(config);
const offsets: KafkajsOffsets = createKafkajsOffsets(config);
const sixSeconds = { sessionTimeoutMs: 6000, rebalanceTimeoutMs: 10_000, patienceMs: 300, growthMs: 1000 };

afterAll(() => offsets.close());

const createTopic = (topic: string, partitions: number): Promise<void> =>
  admin.make({
    kind: 'create-topic',
    topic,
    partitions,
    replicas: 1,
    settings: new Map(),
    description: `create ${topic}`,
  });

const grow = (topic: string, partitions: number): Promise<void> =>
  admin.make({ kind: 'add-partitions', topic, partitions, description: `grow ${topic}` });

transportSuite('the kafkajs adapters', {
  createTopic,
  grow,
  producer: () => createKafkajsProducer(config),
  consumer: () => createKafkajsConsumer(config, sixSeconds),
  offsets: () => offsets,
});

const contract = (topic: string, partitions: number, retentionDays: number): Contract =>
  ({ topic, partitions, retentionDays }) as unknown as Contract;

test('a plan creates all topics of a contract, and the next plan is empty', async () => {
  const desired = desiredTopics([contract(`plan-${randomUUID()}`, 3, 7)]);
  const plan = await readTopicsPlan(desired, admin);
  expect(plan.changes.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'create-topic'));
  // Two at once do no harm.
  await Promise.all([applyTopics(plan, admin), applyTopics(plan, admin)]);
  expect(await readTopicsPlan(desired, admin)).toEqual({ changes: [], notes: [], refusals: [] });
});

test('a changed contract alters its topics, and settings made by hand stay', async () => {
  const topic = `plan-${randomUUID()}`;
  const small = desiredTopics([contract(topic, 2, 7)]);
  await applyTopics(await readTopicsPlan(small, admin), admin);
  const byHand = new Map([['segment.ms', '3600000']]);
  await admin.make({ kind: 'alter-settings', topic, settings: byHand, description: 'by hand' });
  const large = desiredTopics([contract(topic, 4, 9)]);
  await applyTopics(await readTopicsPlan(large, admin), admin);
  expect(await readTopicsPlan(large, admin)).toEqual({ changes: [], notes: [], refusals: [] });
  const { topics } = await admin.read([topic]);
  expect(topics.get(topic)?.partitions).toBe(4);
  expect(topics.get(topic)?.settings.get('segment.ms')).toBe('3600000');
  expect(topics.get(topic)?.settings.get('retention.ms')).toBe(`${9 * 86_400_000}`);
});

test('partitions can be added twice at once', async () => {
  const topic = `plan-${randomUUID()}`;
  await createTopic(topic, 1);
  await Promise.all([grow(topic, 3), grow(topic, 3)]);
  expect((await offsets.ranges(topic)).size).toBe(3);
});

test('a callback that takes longer than the session keeps its partition', async () => {
  const topic = `slow-${randomUUID()}`;
  await createTopic(topic, 1);
  const producer = createKafkajsProducer(config);
  await producer.send([
    { topic, partition: 0, key: null, value: Buffer.from('a'), headers: [], timestamp: null },
  ]);
  await producer.close();
  const done = Promise.withResolvers<boolean>();
  let calls = 0;
  const subscription = await createKafkajsConsumer(config, sixSeconds).run({
    group: topic,
    topics: [topic],
    async onBatch(batch) {
      calls += 1;
      await new Promise((resolve) => setTimeout(resolve, 8000));
      await batch.commit(1n);
      done.resolve(batch.signal.aborted);
    },
    onFatal: done.reject,
  });
  expect(await done.promise).toBe(false);
  expect(calls).toBe(1);
  await subscription.stop();
});

test('an idle consumer stops within a second', async () => {
  const topic = `idle-${randomUUID()}`;
  await createTopic(topic, 1);
  const subscription = await createKafkajsConsumer(config).run({
    group: topic,
    topics: [topic],
    onBatch: async () => undefined,
    onFatal: () => undefined,
  });
  const before = performance.now();
  await subscription.stop();
  expect(performance.now() - before).toBeLessThan(1000);
});

test.each(['GZIP', 'Snappy', 'LZ4', 'ZSTD'] as const)('records compressed with %s are read', async (name) => {
  const topic = `codec-${randomUUID()}`;
  await createTopic(topic, 1);
  const producer = createKafka(config).producer({ createPartitioner: () => () => 0 });
  await producer.connect();
  const values = Array.from({ length: 50 }, (_, at) => `value ${at} `.repeat(20));
  const compression = kafkajs.CompressionTypes[name];
  // The broker unpacks what it is sent, and would refuse a batch that Java cannot read.
  await producer.send({ topic, compression, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
  const found = Promise.withResolvers<readonly string[]>();
  const subscription = await createKafkajsConsumer(config).run({
    group: topic,
    topics: [topic],
    onBatch: async ({ records }) => found.resolve(records.map(({ value }) => String(value))),
    onFatal: found.reject,
  });
  expect(await found.promise).toEqual(values);
  await subscription.stop();
});

test('a broker that is not there is an outage for every adapter, and no endless wait', async () => {
  const nowhere = { brokers: ['127.0.0.1:1'], ssl: false, sasl: null } as const;
  const unavailable = { code: 'KAFKA_UNAVAILABLE', retryable: true };
  const record = { topic: 't', partition: 0, key: null, value: null, headers: [], timestamp: null };
  const idle = {
    group: 'g',
    topics: ['t'],
    onBatch: async () => undefined,
    onFatal: () => undefined,
  };
  await Promise.all([
    expect(createKafkajsProducer(nowhere).send([record])).rejects.toMatchObject(unavailable),
    expect(createKafkajsConsumer(nowhere).run(idle)).rejects.toMatchObject(unavailable),
    expect(createKafkajsOffsets(nowhere).clusterId()).rejects.toMatchObject(unavailable),
    expect(createKafkajsTopics(nowhere).read([])).rejects.toMatchObject(unavailable),
  ]);
});
