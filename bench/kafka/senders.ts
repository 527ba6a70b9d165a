import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { Kafka, type Producer as KafkajsProducer, logLevel, type Message } from 'kafkajs';
import { avscForm } from '#avro/avsc-peer.ts';
import { shapeOf, valuesOf } from '#bench/codec/shapes.ts';
import { framed } from '#bench/codec/workloads.ts';
import { loadConfluent } from '#bench/confluent-package.ts';
import { EVENT, EVENT_CONTRACT, EVENT_JSON, TOPIC } from '#bench/kafka/event-contract.ts';
import { type Candidate, passage } from '#bench/kafka/rounds.ts';
import type { Config, KafkaConfig } from '#core/config.ts';
import { kafkaClient } from '#kafka/kafka-client.ts';
import { createProducer } from '#producer/producer.ts';
import { createSchemaIds } from '#registry/schema-ids.ts';

/** So many records go out in one awaited send. */
export const BATCH = 1000;
const COUNT = 10_000;
const FAST = 30_000;
const SLOW = 5000;

const values = valuesOf(shapeOf('event'), COUNT);
/** As avsc takes them: numbers for longs and instants, wrapped unions. */
const avscValues = values.map((value) => avscForm(EVENT_CONTRACT.root, value, { numbers: true }));
const keyOf = (value: unknown): string => (value as { readonly eventId: string }).eventId;
const keys = values.map(keyOf);

/** All ways to send decoded objects; the first sends bytes that are ready, which is the ceiling of kafkajs. */
export async function senders(config: Config): Promise<readonly Candidate[]> {
  return [
    await bytesOnly(config),
    await zoner('Zoner', config, 'kafkajs'),
    await zoner('Zoner on @platformatic/kafka', config, 'platformatic'),
    await kafkajsClient(config),
    await confluentClient(config),
  ];
}

/** Runs `send` for one batch after the other; `from` is the index of the batch's first value. */
function candidate(
  name: string,
  perRound: number,
  send: (from: number) => Promise<unknown>,
  close: () => Promise<void>,
): Candidate {
  return {
    name,
    perRound,
    close,
    run: (records) =>
      passage(records, async () => {
        for (let sent = 0; sent < records; sent += BATCH) await send(sent % COUNT);
      }),
  };
}

async function connected(config: Config): Promise<KafkajsProducer> {
  const kafka = new Kafka({ brokers: [...config.kafka.brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  return producer;
}

async function bytesOnly(config: Config): Promise<Candidate> {
  const producer = await connected(config);
  const bytes = framed(EVENT_CONTRACT.root, values);
  const messages = bytes.map((value, index): Message => ({ key: keys[index] ?? '', value }));
  const send = (from: number): Promise<unknown> =>
    producer.send({ topic: TOPIC, messages: messages.slice(from, from + BATCH) });
  return candidate('kafkajs, bytes that are ready', FAST, send, () => producer.disconnect());
}

async function zoner(
  name: string,
  config: Config,
  client: NonNullable<KafkaConfig['client']>,
): Promise<Candidate> {
  const { producer: open } = await kafkaClient({ ...config.kafka, client });
  const producer = createProducer({
    transport: open(config.kafka),
    schemaIds: createSchemaIds(config.registry),
  });
  const send = (from: number): Promise<void> => producer.send(EVENT, ...values.slice(from, from + BATCH));
  return candidate(name, FAST, send, () => producer.close());
}

/** One encoded message a value, as its users make them. */
function encoding(
  name: string,
  perRound: number,
  producer: KafkajsProducer,
  encode: (value: unknown) => Promise<Buffer>,
): Candidate {
  const send = async (from: number): Promise<unknown> => {
    const batch = avscValues.slice(from, from + BATCH);
    const messages = await Promise.all(
      batch.map(
        async (value, index): Promise<Message> => ({
          key: keys[from + index] ?? '',
          value: await encode(value),
        }),
      ),
    );
    return producer.send({ topic: TOPIC, messages });
  };
  return candidate(name, perRound, send, () => producer.disconnect());
}

async function kafkajsClient(config: Config): Promise<Candidate> {
  const registry = new SchemaRegistry({ host: config.registry.url });
  const id = await registry.getLatestSchemaId(EVENT_CONTRACT.subject);
  const producer = await connected(config);
  const name = 'kafkajs + @kafkajs/confluent-schema-registry';
  return encoding(name, FAST, producer, (value) => registry.encode(id, value));
}

async function confluentClient(config: Config): Promise<Candidate> {
  const { SchemaRegistryClient, AvroSerializer, SerdeType } = loadConfluent();
  // Its registry in memory: what it asks the registry for is not what is measured.
  const client = SchemaRegistryClient.newClient({ baseURLs: ['mock://bench'] });
  await client.register(
    EVENT_CONTRACT.subject,
    { schemaType: 'AVRO', schema: JSON.stringify(EVENT_JSON) },
    false,
  );
  const serializer = new AvroSerializer(client, SerdeType.VALUE, {
    useLatestVersion: true,
    subjectNameStrategyType: 'TOPIC',
  });
  const producer = await connected(config);
  const name = 'kafkajs + @confluentinc/schemaregistry';
  return encoding(name, SLOW, producer, (value) => serializer.serialize(TOPIC, value));
}
