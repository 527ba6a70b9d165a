import { expect, test } from 'vitest';
import { gatherRuns } from '#client/gather-runs.ts';
import type { ConsumerTransport, RunOptions } from '#consumer/ports.ts';
import { scan } from '#consumer/scan.ts';
import { createMemoryBroker } from '#kafka/memory-broker.ts';
import { createMemoryConsumer } from '#kafka/memory-consumer.ts';
import { createMemoryProducer } from '#kafka/memory-producer.ts';

const TOPICS = ['naps', 'walks', 'meals'];
const signal = new AbortController().signal;

/** Three topics of a hundred records each, and how many groups were formed to read them. */
async function world() {
  const broker = createMemoryBroker();
  for (const topic of TOPICS) broker.log.createTopic(topic, 2);
  const records = TOPICS.flatMap((topic) =>
    Array.from({ length: 100 }, (_, at) => {
      const value = Buffer.from(`${topic} ${at}`);
      return { topic, partition: at % 2, key: null, value, headers: [], timestamp: 0n };
    }),
  );
  await createMemoryProducer(broker, () => 0n).send(records);
  const inner = createMemoryConsumer(broker);
  const runs: (readonly string[])[] = [];
  let open = 0;
  const counted: ConsumerTransport = {
    exactHeaders: inner.exactHeaders,
    async run(options: RunOptions) {
      runs.push(options.topics);
      open += 1;
      const subscription = await inner.run(options);
      return {
        async stop(drainMs) {
          await subscription.stop(drainMs);
          open -= 1;
        },
      };
    },
  };
  const offsets = broker;
  const transport = gatherRuns(counted, 5);
  const read = async (topic: string): Promise<number> => {
    let count = 0;
    await scan(topic, { transport, offsets, signal }, ({ topic: from, value }) => {
      expect(from).toBe(topic);
      expect(String(Buffer.from(value ?? ''))).toMatch(new RegExp(`^${topic} `));
      count += 1;
    });
    return count;
  };
  return { read, runs, transport, openRuns: () => open };
}

test('scans that begin together form one group, each sees all of its topic and nothing else', async () => {
  const { read, runs, openRuns } = await world();
  expect(await Promise.all(TOPICS.map(read))).toEqual([100, 100, 100]);
  expect(runs).toEqual([TOPICS]);
  expect(openRuns()).toBe(0);
});

test('one that begins later, or at a topic that is read already, has a group of its own', async () => {
  const { read, runs, openRuns } = await world();
  expect(await Promise.all([read('naps'), read('naps')])).toEqual([100, 100]);
  expect(await read('walks')).toBe(100);
  expect(runs).toHaveLength(3);
  expect(openRuns()).toBe(0);
});

test('what ends the group is told to everybody who still reads', async () => {
  const { transport } = await world();
  const told: string[] = [];
  const runs = ['naps', 'walks'].map((topic) =>
    transport.run({
      ...{ group: 'g', topics: [topic] },
      onBatch: async () => {
        if (topic === 'naps') throw new Error('a bug');
      },
      onFatal: (error) => void told.push(`${topic}: ${(error as Error).message}`),
    }),
  );
  await Promise.all(runs);
  await expect.poll(() => told.sort()).toEqual(['naps: a bug', 'walks: a bug']);
});

test('a group that cannot be formed is told to everybody who waits for it', async () => {
  const broken: ConsumerTransport = { exactHeaders: true, run: () => Promise.reject(new Error('away')) };
  const transport = gatherRuns(broken, 1);
  const run = (topic: string) =>
    transport.run({ group: 'g', topics: [topic], onBatch: async () => {}, onFatal: () => {} });
  const ended = await Promise.allSettled([run('naps'), run('walks')]);
  expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
