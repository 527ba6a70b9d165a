import pRetry from 'p-retry';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { ADDED, EVENT_FIELDS, eventSchema } from '#bench/codec/event-shape.ts';
import type { Contract } from '#contract/contract.ts';
import type { Config } from '#core/config.ts';
import type { ContractValue } from '#generated/contract-value.ts';
import { withAdmin } from '#kafka/kafkajs-client.ts';
import { createRegistryClient } from '#registry/client.ts';

export const TOPIC = 'bench_events';
const KEY = 'eventId';

/** The event as JSON, and as it was before some fields were added. */
export const EVENT_JSON = eventSchema(EVENT_FIELDS, true);
export const OLDER_JSON = eventSchema(
  EVENT_FIELDS.filter((name) => !(name in ADDED)),
  true,
);

const text = JSON.stringify(EVENT_JSON);
const root = parseSchema(text) as RecordSchema;

/** The contract of the event, for consumers. */
export const EVENT_CONTRACT: Contract = {
  name: 'bench-events',
  topic: TOPIC,
  key: KEY,
  id: KEY,
  time: 'occurredAt',
  person: null,
  protection: null,
  partitions: 6,
  retentionDays: 1,
  compatibility: 'BACKWARD',
  acceptSubjects: [],
  table: 'BENCH_EVENTS',
  owner: null,
  waivers: [],
  raises: [],
  subject: `${TOPIC}-value`,
  root,
  types: [{ subject: `${TOPIC}-value`, fullName: root.fullName, text, references: [], file: 'event.avsc' }],
  fingerprint: 'bench',
};

/** The same for producers, as codegen would write it. */
export const EVENT: ContractValue<unknown, unknown> = {
  name: EVENT_CONTRACT.name,
  topic: TOPIC,
  subject: EVENT_CONTRACT.subject,
  key: KEY,
  schema: text,
  types: EVENT_CONTRACT.types,
  acceptSubjects: EVENT_CONTRACT.acceptSubjects,
  partitions: EVENT_CONTRACT.partitions,
  fingerprint: EVENT_CONTRACT.fingerprint,
};

/** Registers both versions and creates the topic. @returns the schema ids */
export async function prepareEvents(
  config: Config,
  partitions = EVENT_CONTRACT.partitions,
): Promise<{ readonly older: number; readonly newer: number }> {
  const client = createRegistryClient(config.registry);
  const older = await client.register(EVENT_CONTRACT.subject, JSON.stringify(OLDER_JSON), []);
  const newer = await client.register(EVENT_CONTRACT.subject, text, []);
  await createTopic(config, TOPIC, partitions);
  return { older, newer };
}

/** On a busy machine kafkajs may ask for the topic before the broker has heard of it itself, and give up. */
export async function createTopic(config: Config, topic: string, partitions: number): Promise<void> {
  await withAdmin(config.kafka, (admin) =>
    pRetry(() =>
      admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] }),
    ),
  );
}
