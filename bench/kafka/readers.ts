import { randomUUID } from 'node:crypto';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { Consumer } from '@platformatic/kafka';
import { type EachBatchPayload, Kafka, logLevel } from 'kafkajs';
import { loadConfluent } from '#bench/confluent-package.ts';
import { benchGroup } from '#bench/kafka/bench-group.ts';
import { EVENT_CONTRACT, EVENT_JSON, OLDER_JSON, TOPIC } from '#bench/kafka/event-contract.ts';
import type { Candidate, Passage } from '#bench/kafka/rounds.ts';
import { consume } from '#consumer/consume.ts';
import type { Config } from '#core/config.ts';
import { type KafkaClient, kafkaClient } from '#kafka/kafka-client.ts';

const SLOW = 4000;

/**
 * All ways to read the topic to decoded values with a reader that is newer than the writer; the first only takes the
 * bytes, which is the ceiling of kafkajs. `records` is how many the topic holds.
 */
export async function readers(config: Config, records: number): Promise<readonly Candidate[]> {
  return [
    bytesOnly(config, records),
    zoner('Zoner', config, await kafkaClient({ ...config.kafka, client: 'kafkajs' }), records),
    zoner(
      'Zoner on @platformatic/kafka',
      config,
      await kafkaClient({ ...config.kafka, client: 'platformatic' }),
      records,
    ),
    platformatic(config, records),
    await kafkajsClient(config),
    await confluentClient(config),
  ];
}

/** Counts records from the first batch on, and says when so many have come. */
class Counter {
  readonly #records: number;
  readonly done = Promise.withResolvers<Passage>();
  #seen = 0;
  #started = 0;
  #cpu = process.cpuUsage();

  constructor(records: number) {
    this.#records = records;
  }

  begin(): void {
    if (this.#started !== 0) return;
    this.#started = performance.now();
    this.#cpu = process.cpuUsage();
  }

  count(records: number): void {
    this.#seen += records;
    if (this.#seen < this.#records) return;
    const { user, system } = process.cpuUsage(this.#cpu);
    const seconds = (performance.now() - this.#started) / 1000;
    this.done.resolve({ records: this.#seen, seconds, processorSeconds: (user + system) / 1e6 });
  }
}

/** Reads the topic from its beginning in a new group each time. */
function kafkajsReader(
  config: Config,
  name: string,
  perRound: number,
  read: (payload: EachBatchPayload, counter: Counter) => Promise<void>,
): Candidate {
  return {
    name,
    perRound,
    close: async () => undefined,
    async run(records) {
      const counter = new Counter(records);
      const kafka = new Kafka({ brokers: [...config.kafka.brokers], logLevel: logLevel.NOTHING });
      const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}`, maxWaitTimeInMs: 300 });
      await consumer.connect();
      await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
      await consumer.run({
        eachBatch: async (payload) => {
          counter.begin();
          await read(payload, counter);
        },
      });
      const taken = await counter.done.promise;
      await consumer.disconnect();
      return taken;
    },
  };
}

function bytesOnly(config: Config, records: number): Candidate {
  return kafkajsReader(config, 'kafkajs, bytes alone', records, async ({ batch }, counter) =>
    counter.count(batch.messages.length),
  );
}

/** Each message awaited, as the registry clients' users do; what is decoded in excess is not counted again. */
function decodingReader(
  config: Config,
  name: string,
  decode: (message: Buffer) => Promise<unknown>,
): Candidate {
  return kafkajsReader(config, name, SLOW, async ({ batch, isRunning, heartbeat }, counter) => {
    for (const { value } of batch.messages) {
      if (!isRunning()) return;
      if (value !== null) await decode(value);
      counter.count(1);
    }
    await heartbeat();
  });
}

async function kafkajsClient(config: Config): Promise<Candidate> {
  const registry = new SchemaRegistry({ host: config.registry.url });
  const options = { [SchemaType.AVRO]: { readerSchema: EVENT_JSON as never } };
  const name = 'kafkajs + @kafkajs/confluent-schema-registry';
  return decodingReader(config, name, (value) => registry.decode(value, options));
}

async function confluentClient(config: Config): Promise<Candidate> {
  const { SchemaRegistryClient, AvroDeserializer, SerdeType } = loadConfluent();
  const client = SchemaRegistryClient.newClient({ baseURLs: ['mock://bench'] });
  // Its registry in memory gives ids from 1 on, as the real one did: what it asks for is not what is measured.
  for (const schema of [OLDER_JSON, EVENT_JSON])
    await client.register(
      EVENT_CONTRACT.subject,
      { schemaType: 'AVRO', schema: JSON.stringify(schema) },
      false,
    );
  const deserializer = new AvroDeserializer(client, SerdeType.VALUE, {
    useLatestVersion: true,
    subjectNameStrategyType: 'TOPIC',
  });
  const name = 'kafkajs + @confluentinc/schemaregistry';
  return decodingReader(config, name, (value) => deserializer.deserialize(TOPIC, value));
}

/** The other client as its README shows it: a stream of messages, bytes alone. */
function platformatic(config: Config, perRound: number): Candidate {
  return {
    name: '@platformatic/kafka, bytes alone',
    perRound,
    close: async () => undefined,
    async run(records) {
      const counter = new Counter(records);
      const consumer = new Consumer({
        clientId: 'bench',
        groupId: `bench-${randomUUID()}`,
        bootstrapBrokers: [...config.kafka.brokers],
        maxWaitTime: 300,
      });
      const stream = await consumer.consume({ topics: [TOPIC], autocommit: 1000, mode: 'earliest' });
      stream.on('data', () => {
        counter.begin();
        counter.count(1);
      });
      const taken = await counter.done.promise;
      await consumer.close(true);
      return taken;
    },
  };
}

/** The consumer itself with a sink that only counts: judged, decoded, committed. */
function zoner(name: string, config: Config, client: KafkaClient, perRound: number): Candidate {
  return {
    name,
    perRound,
    close: async () => undefined,
    async run(records) {
      const counter = new Counter(records);
      const subscription = await consume(
        [
          {
            contract: EVENT_CONTRACT,
            sink: {
              async write(batch) {
                counter.count(batch.length);
                return { inserted: batch.length, present: 0 };
              },
            },
          },
        ],
        benchGroup(config, client, {
          onBegin: () => counter.begin(),
          onFatal: (error) => counter.done.reject(error),
        }),
      );
      const taken = await counter.done.promise;
      await subscription.stop();
      return taken;
    },
  };
}
