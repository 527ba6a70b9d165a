/** Topics, tables and consumers of one small contract on the real services, for tests of what faults do to a consumer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { compileEncoder } from '#avro/codec.ts';
import { frame } from '#avro/frame.ts';
import { Resources } from '#cli/resources.ts';
import { requireSnowflake } from '#cli/settings.ts';
import { inSmallBatches } from '#client/small-batches.ts';
import { type GroupOptions, wireGroup } from '#client/wire-group.ts';
import { consume } from '#consumer/consume.ts';
import type { ConsumeDeps } from '#consumer/deps.ts';
import type { RecordSink } from '#consumer/ports.ts';
import { endsOf, reachEnds } from '#consumer/until-end.ts';
import type { Contract } from '#contract/contract.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import type { Config } from '#core/config.ts';
import type { ZonerError } from '#core/errors.ts';
import { createLog } from '#core/log.ts';
import { createKafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { createKafkajsProducer } from '#kafka/kafkajs-producer.ts';
import { createKafkajsTopics } from '#kafka/kafkajs-topics.ts';
import { applyTopics, readTopicsPlan } from '#kafka/topics-apply.ts';
import { desiredTopics } from '#kafka/topics-desired.ts';
import type { OutgoingRecord } from '#producer/ports.ts';
import { readDeployPlan } from '#snowflake/apply.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { createSink, SINK_DEFAULTS } from '#snowflake/sink.ts';

export const NAP = `{ "type": "record", "name": "Nap", "fields": [
  { "name": "user", "type": "string" }, { "name": "minutes", "type": "int" } ] }`;
/** A record that holds this ends the processes of `crashing-consumer.ts`. */
export const KILLER = 'ends the process';
const SESSION_MS = 6000;
/** In a batch, so that a few records are several. */
const BATCH_RECORDS = 7;

/** The same contract for every topic. */
export function napsOf(topic: string): Contract {
  return {
    ...exampleContract(NAP),
    name: topic,
    topic,
    table: topic.toUpperCase(),
    subject: `${topic}-value`,
  };
}

export interface Scene {
  readonly config: Config;
  /** What frames of good records begin with. */
  readonly schemaId: number;
  /** Sends good records, records without a frame, of an unknown id, and tombstones, in turn by chance. */
  send(topic: string, count: number, random: () => number, partitions?: number): Promise<void>;
  /** Sends to each of so many partitions (default 2) in turn. */
  sendValues(topic: string, values: readonly (Uint8Array | null)[], partitions?: number): Promise<void>;
  good(minutes: number): Uint8Array;
  /** A value of an id that the registry does not know. */
  unknown(at: number): Uint8Array;
  /** Gives a topic more partitions. */
  grow(topic: string, partitions: number): Promise<void>;
  close(): Promise<void>;
}

/** Makes topics, subjects and tables, all at once. */
export async function openScene(config: Config, topics: readonly string[]): Promise<Scene> {
  const contracts = topics.map(napsOf);
  const resources = new Resources();
  const admin = createKafkajsTopics(config.kafka);
  await Promise.all(
    contracts.map(async (contract) => {
      await applyTopics(await readTopicsPlan(desiredTopics([contract]), admin), admin);
    }),
  );
  const place = requireSnowflake(config);
  const warehouse = resources.use(createWarehouse(place, { appVersion: 'test' }));
  const histories = contracts.map((contract) => ({ contract, history: [] }));
  for (const { sql } of (await readDeployPlan(warehouse, histories, place)).steps)
    await warehouse.execute(sql);
  // One text has one id, whatever the subject.
  const ids = contracts.map(({ subject }) => register(config.registry.url, subject));
  const [schemaId = 0] = await Promise.all(ids);
  const producer = resources.use(createKafkajsProducer(config.kafka));
  const encoder = compileEncoder(exampleContract(NAP).root);
  const good = (minutes: number): Uint8Array => frame(schemaId, encoder.encode({ user: 'ada', minutes }));
  const unknown = (at: number): Uint8Array => frame(999_999, Buffer.of(at % 128));
  const sendValues = (topic: string, values: readonly (Uint8Array | null)[], partitions = 2): Promise<void> =>
    producer.send(
      values.map((value, at): OutgoingRecord => {
        const partition = at % partitions;
        return { topic, partition, key: Buffer.from('ada'), value, headers: [], timestamp: null };
      }),
    );
  return {
    config,
    schemaId,
    good,
    unknown,
    async grow(topic, partitions) {
      const larger = desiredTopics([{ ...napsOf(topic), partitions }]);
      await applyTopics(await readTopicsPlan(larger, admin), admin);
    },
    sendValues,
    send: (topic, count, random, partitions) =>
      sendValues(
        topic,
        Array.from({ length: count }, (_, at) => {
          const dice = random();
          if (dice < 0.1) return Buffer.from(`no frame ${at}`);
          return dice < 0.15 ? unknown(at) : dice < 0.2 ? null : good(at);
        }),
        partitions,
      ),
    close: () => resources[Symbol.asyncDispose](),
  };
}

async function register(registryUrl: string, subject: string): Promise<number> {
  const url = `${registryUrl}/subjects/${subject}/versions`;
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ schema: NAP }) });
  return ((await answer.json()) as { id: number }).id;
}

export interface MemberOptions {
  /** Changes what the member does, to make it fail. */
  change?(deps: ConsumeDeps, sink: RecordSink): { readonly deps: ConsumeDeps; readonly sink: RecordSink };
  readonly accept?: GroupOptions['accept'];
  readonly directory?: string;
  /** How long a statement may take. Default 20 000. */
  readonly deadlineMs?: number;
  onHeld?(error: ZonerError): void;
  onPaused?(why: ZonerError): void;
}

export interface Member {
  /** Resolves when the group has committed all that is there now. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

/** A consumer of one topic as `zoner consume` wires it, in a group of the topic's name. */
export async function startMember(
  config: Config,
  topic: string,
  options: MemberOptions = {},
): Promise<Member> {
  const { deadlineMs = 20_000 } = options;
  const contract = napsOf(topic);
  const resources = new Resources();
  const stopping = new AbortController();
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => {});
  const offsets = resources.use(createKafkajsOffsets(config.kafka));
  const place = requireSnowflake(config);
  const warehouse = resources.use(createWarehouse(place, { appVersion: 'test', deadlineMs }));
  const sink = createSink(contract, {
    warehouse,
    place,
    options: SINK_DEFAULTS,
    now: Date.now,
    pause: (ms) => sleep(ms),
  });
  const wired = await wireGroup(
    config,
    {
      group: topic,
      directory: options.directory ?? '.',
      appVersion: 'test',
      keepsLetters: true,
      sessionTimeoutMs: SESSION_MS,
      accept: options.accept ?? ['NO_FRAME', 'UNKNOWN_SCHEMA_ID'],
      unknownWaitMs: 0,
      stopping: stopping.signal,
    },
    offsets,
    {
      onBegin: () => {},
      onEnd: () => {},
      onBatch: () => {},
      onReleased: () => {},
      onHeld: (error) => options.onHeld?.(error),
      onPaused: (_, why) => options.onPaused?.(why),
      onFatal: fatal.reject,
    },
    { keeper: resources, log: createLog('silent') },
  );
  const small = { ...wired, transport: inSmallBatches(wired.transport, BATCH_RECORDS) };
  const changed = options.change?.(small, sink) ?? { deps: small, sink };
  const route = { contract, sink: changed.sink, readsRetries: true };
  const subscription = await consume([route], changed.deps);
  const pause = (): Promise<void> => sleep(50);
  return {
    async caughtUp() {
      const ends = await endsOf([topicNames(topic).source], offsets);
      await Promise.race([reachEnds(topic, ends, { offsets, pause, onProgress: () => {} }), fatal.promise]);
    },
    async stop() {
      stopping.abort();
      await subscription.stop(5000);
      await resources[Symbol.asyncDispose]();
    },
  };
}
