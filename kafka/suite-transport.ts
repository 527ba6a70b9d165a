import { randomUUID } from 'node:crypto';
import { afterEach } from 'vitest';
import type {
  Batch,
  ConsumerTransport,
  KafkaRecord,
  RunOptions,
  Subscription,
  TopicOffsets,
  TopicTimes,
} from '#consumer/ports.ts';
import type { OutgoingRecord, ProducerTransport } from '#producer/ports.ts';

/** What an adapter hands to the suite. */
export interface TransportHarness {
  createTopic(name: string, partitions: number): Promise<void>;
  /** Gives a topic more partitions. */
  grow(topic: string, partitions: number): Promise<void>;
  producer(): ProducerTransport;
  consumer(): ConsumerTransport;
  offsets(): TopicOffsets & TopicTimes;
}

/** What the tests of the suite work with; whatever they open is closed after each test. */
export interface SuiteTransport extends TransportHarness {
  freshTopic(partitions: number): Promise<string>;
  send(records: readonly OutgoingRecord[]): Promise<void>;
  run(
    group: string,
    topics: string | readonly string[],
    onBatch: RunOptions['onBatch'],
    onFatal?: RunOptions['onFatal'],
  ): Promise<Subscription>;
  /** Consumes and commits until so many records have come; answers them in the order of arrival. */
  take(group: string, topic: string, count: number): Promise<readonly KafkaRecord[]>;
}

export const bytes = (text: string): Uint8Array => Buffer.from(text);
export const text = (value: Uint8Array | null | undefined): string | null =>
  value == null ? null : Buffer.from(value).toString();
/** A record for partition 0, without a key. */
export const record = (topic: string, value: string, more: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  topic,
  partition: 0,
  key: null,
  value: bytes(value),
  headers: [],
  timestamp: null,
  ...more,
});
/** Commits all of the batch. */
export const commit = (batch: Batch): Promise<void> =>
  batch.commit((batch.records.at(-1)?.offset ?? -1n) + 1n);
export const untilAborted = ({ signal }: Batch): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));

export function suiteTransport(harness: TransportHarness): SuiteTransport {
  const producers: ProducerTransport[] = [];
  const subscriptions: Subscription[] = [];
  afterEach(async () => {
    await Promise.all(subscriptions.splice(0).map((each) => each.stop()));
    await Promise.all(producers.splice(0).map((each) => each.close()));
  });
  const fail = (error: unknown): never => {
    throw error;
  };
  const producer = (): ProducerTransport => {
    const opened = harness.producer();
    producers.push(opened);
    return opened;
  };
  const run: SuiteTransport['run'] = async (group, topics, onBatch, onFatal = fail) => {
    const subscription = await harness.consumer().run({ group, topics: [topics].flat(), onBatch, onFatal });
    subscriptions.push(subscription);
    return subscription;
  };
  return {
    ...harness,
    producer,
    run,
    async freshTopic(partitions) {
      const topic = `suite-${randomUUID()}`;
      await harness.createTopic(topic, partitions);
      return topic;
    },
    send: (records) => producer().send(records),
    async take(group, topic, count) {
      const records: KafkaRecord[] = [];
      const { promise: enough, resolve } = Promise.withResolvers<void>();
      const subscription = await run(group, topic, async (batch) => {
        records.push(...batch.records);
        await commit(batch);
        if (records.length >= count) resolve();
      });
      await enough;
      await subscription.stop();
      return records;
    },
  };
}
