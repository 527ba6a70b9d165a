import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompressionTypes, Kafka, logLevel } from 'kafkajs';
import type { Bench, Figure } from '#bench/bench-table.ts';
import { withServices } from '#bench/kafka/bench-services.ts';
import { createTopic } from '#bench/kafka/event-contract.ts';
import { receivedBytes } from '#bench/kafka/received-bytes.ts';
import type { Batch } from '#consumer/ports.ts';
import type { Config } from '#core/config.ts';
import { kafkaClient } from '#kafka/kafka-client.ts';

const RECORDS = 120_000;
const PARTITIONS = 6;
const VALUE_BYTES = 217;
/** A record of this value and no key in a record batch: its own length and seven small fields. */
const RECORD_BYTES = VALUE_BYTES + 9;
/** Records that are sent together, and so stand in one record batch. */
const BATCH_SIZES = [100, 1000];
/** How long the first batch of one partition is held. */
const HELD_MS = 5000;
/** An application that holds by pausing, as kafkajs' documentation shows, looks again after so long. */
const LOOK_AGAIN_MS = 500;
/** A broker cuts its last record batch off where a fetch is full, and sends it again. */
const MOST = 1.2;

type Reader = (config: Config, topic: string, hold: boolean) => Promise<void>;

/** `refetch`: what comes over the wire against what is in the topic, while nothing is held and while one partition is. */
export const refetch: Bench = {
  run: (tell) =>
    withServices(tell, async (config) => {
      const figures: Figure[] = [];
      for (const size of BATCH_SIZES) {
        const topic = `refetch-${size}`;
        await fill(config, topic, size);
        for (const { name, read, limit } of READERS) {
          for (const hold of [false, true]) {
            const received = await receivedBytes(() => read(config, topic, hold));
            const what = `${name}, ${size} records a batch${hold ? ', one batch held' : ''}: received of what is there`;
            tell(what);
            figures.push({
              what,
              measured: received / (RECORDS * RECORD_BYTES),
              unit: 'x',
              limit,
              aim: null,
            });
          }
        }
      }
      const setting = {
        records: RECORDS,
        partitions: PARTITIONS,
        held: `${HELD_MS} ms`,
        node: process.version,
      };
      return { setting, figures };
    }),
};

const READERS: readonly { readonly name: string; readonly read: Reader; readonly limit: Figure['limit'] }[] =
  [
    { name: 'Zoner on kafkajs', read: zoner('kafkajs'), limit: { atMost: MOST } },
    { name: 'Zoner on @platformatic/kafka', read: zoner('platformatic'), limit: { atMost: MOST } },
    { name: 'kafkajs, paused while held', read: pausing, limit: null },
  ];

async function fill(config: Config, topic: string, size: number): Promise<void> {
  await createTopic(config, topic, PARTITIONS);
  const producer = new Kafka({ brokers: [...config.kafka.brokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const value = Buffer.alloc(VALUE_BYTES, 1);
  for (let batch = 0; batch * size < RECORDS; batch += 1) {
    const messages = Array.from({ length: size }, () => ({ partition: batch % PARTITIONS, value }));
    await producer.send({ topic, compression: CompressionTypes.None, messages });
  }
  await producer.disconnect();
}

/** Reads the topic as Zoner's consumers do: the callback of the held batch waits. */
function zoner(client: 'kafkajs' | 'platformatic'): Reader {
  return async (config, topic, hold) => {
    const { consumer } = await kafkaClient({ ...config.kafka, client });
    const all = Promise.withResolvers<void>();
    let seen = 0;
    let isHeld = hold;
    const onBatch = async (batch: Batch): Promise<void> => {
      const wait = isHeld && batch.partition === 0;
      if (wait) isHeld = false;
      if (wait) await sleep(HELD_MS);
      await batch.commit(batch.end ?? (batch.records.at(-1)?.offset ?? -1n) + 1n);
      seen += batch.records.length;
      if (seen >= RECORDS) all.resolve();
    };
    const options = { group: `refetch-${randomUUID()}`, topics: [topic], onBatch, onFatal: all.reject };
    const subscription = await consumer(config.kafka).run(options);
    await all.promise;
    await subscription.stop();
  };
}

/** Reads it with kafkajs, whose documentation pauses a partition, returns, and sees the same batch after resuming. */
async function pausing(config: Config, topic: string, hold: boolean): Promise<void> {
  const kafka = new Kafka({ brokers: [...config.kafka.brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `refetch-${randomUUID()}`, maxWaitTimeInMs: 300 });
  const all = Promise.withResolvers<void>();
  let seen = 0;
  let heldUntil = hold ? Number.POSITIVE_INFINITY : 0;
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: PARTITIONS,
    async eachBatch({ batch, pause, resolveOffset }) {
      if (batch.partition === 0 && heldUntil === Number.POSITIVE_INFINITY)
        heldUntil = performance.now() + HELD_MS;
      if (batch.partition === 0 && performance.now() < heldUntil) {
        setTimeout(pause(), LOOK_AGAIN_MS);
        return;
      }
      resolveOffset(batch.lastOffset());
      seen += batch.messages.length;
      if (seen >= RECORDS) all.resolve();
    },
  });
  await all.promise;
  await consumer.disconnect();
}
