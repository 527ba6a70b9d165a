import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { parseSchema } from '#avro/parse.ts';
import { ADDED, EVENT_FIELDS, eventSchema } from '#bench/codec/event-shape.ts';
import type { Candidate } from '#bench/codec/interleave.ts';
import type { Shape } from '#bench/codec/shapes.ts';
import {
  framed,
  material,
  SCHEMA_ID,
  type Workload,
  zonerDecode,
  zonerEncode,
} from '#bench/codec/workloads.ts';
import { type Deserializer, loadConfluent, type Serializer } from '#bench/confluent-package.ts';
import { startTestServer } from '#registry/test-server.ts';

/** A schema before and after fields were added, and messages of the older one. */
function older(shape: Shape): { json: unknown; messages: readonly Buffer[] } {
  const json = eventSchema(
    EVENT_FIELDS.filter((name) => !(name in ADDED)),
    true,
  );
  const values = material(shape).values.map((value) =>
    Object.fromEntries(Object.entries(value as object).filter(([name]) => !(name in ADDED))),
  );
  return { json, messages: framed(parseSchema(JSON.stringify(json)), values) };
}

const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

function zonerOlder(shape: Shape): Candidate {
  const writer = older(shape);
  const reader = parseSchema(JSON.stringify(shape.schema));
  return zonerDecode(writer.messages, parseSchema(JSON.stringify(writer.json)), reader);
}

/** Each peer as its users call it, one awaited message after the other, warm; its values hold numbers for longs and instants. */
const WORKLOADS: Readonly<Record<string, (shape: Shape) => Promise<Workload>>> = {
  'kafkajs encode': async (shape) => {
    const given = material(shape, true);
    const registry = await kafkajsRegistry(given.json);
    const run = (index: number): unknown => registry.encode(SCHEMA_ID, pick(given.avscValues, index));
    return { baseline: { perRun: 1, run }, candidate: zonerEncode(given) };
  },
  'kafkajs decode': async (shape) => {
    const given = material(shape, true);
    const registry = await kafkajsRegistry(given.json);
    const run = (index: number): unknown => registry.decode(pick(given.messages, index));
    return {
      baseline: { perRun: 1, run },
      candidate: zonerDecode(given.messages, given.schema, given.schema),
    };
  },
  'kafkajs readerSchema': async (shape) => {
    const writer = older(shape);
    const registry = await kafkajsRegistry(writer.json);
    const options = { [SchemaType.AVRO]: { readerSchema: shape.schema as never } };
    const run = (index: number): unknown => registry.decode(pick(writer.messages, index), options);
    return { baseline: { perRun: 1, run }, candidate: zonerOlder(shape) };
  },
  'confluent encode': async (shape) => {
    const given = material(shape, true);
    const { serializer } = await confluent([given.json]);
    const run = (index: number): unknown => serializer.serialize(TOPIC, pick(given.avscValues, index));
    return { baseline: { perRun: 1, run }, candidate: zonerEncode(given) };
  },
  'confluent decode': async (shape) => {
    const given = material(shape, true);
    const { serializer, deserializer } = await confluent([given.json]);
    const messages = await all(given.avscValues, (value) => serializer.serialize(TOPIC, value));
    const run = (index: number): unknown => deserializer.deserialize(TOPIC, pick(messages, index));
    return {
      baseline: { perRun: 1, run },
      candidate: zonerDecode(given.messages, given.schema, given.schema),
    };
  },
  'confluent older writer': async (shape) => {
    const given = material(shape, true);
    const writer = older(shape);
    const { serializer } = await confluent([writer.json]);
    const messages = await all(given.avscValues, (value) => serializer.serialize(TOPIC, value));
    const { deserializer } = await confluent([writer.json, given.json]);
    const run = (index: number): unknown => deserializer.deserialize(TOPIC, pick(messages, index));
    return { baseline: { perRun: 1, run }, candidate: zonerOlder(shape) };
  },
};

export async function peerWorkload(task: string, shape: Shape): Promise<Workload> {
  const make = WORKLOADS[task];
  if (make === undefined) throw new Error(`no workload is called ${task}`);
  return make(shape);
}

const TOPIC = 'events';

async function all(
  values: readonly unknown[],
  work: (value: unknown) => Promise<Buffer>,
): Promise<readonly Buffer[]> {
  const made: Buffer[] = [];
  // The peer is slow, so fewer messages than values are enough.
  for (const value of values.slice(0, 1000)) made.push(await work(value));
  return made;
}

/** A registry that knows one schema. What asks it more than once a schema is measured with what that costs. */
async function kafkajsRegistry(json: unknown): Promise<SchemaRegistry> {
  const server = await startTestServer(() => ({ status: 200, body: { schema: JSON.stringify(json) } }));
  const registry = new SchemaRegistry({ host: server.url });
  await registry.getSchema(SCHEMA_ID);
  await server.close();
  return registry;
}

/** The client with its registry in memory and the strategy that costs least; the last schema is the reader's. */
async function confluent(
  schemas: readonly unknown[],
): Promise<{ serializer: Serializer; deserializer: Deserializer }> {
  const peer = loadConfluent();
  const client = peer.SchemaRegistryClient.newClient({ baseURLs: ['mock://bench'] });
  for (const json of schemas)
    await client.register(`${TOPIC}-value`, { schemaType: 'AVRO', schema: JSON.stringify(json) }, false);
  const options = { useLatestVersion: true, subjectNameStrategyType: 'TOPIC' };
  const reading = schemas.length > 1 ? options : { subjectNameStrategyType: 'TOPIC' };
  return {
    serializer: new peer.AvroSerializer(client, peer.SerdeType.VALUE, options),
    deserializer: new peer.AvroDeserializer(client, peer.SerdeType.VALUE, reading),
  };
}
