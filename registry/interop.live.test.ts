import { randomUUID } from 'node:crypto';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { frame, parseFrame } from '#avro/frame.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import { applyRegistry, readRegistryPlan } from '#registry/apply.ts';
import { createRegistryClient } from '#registry/client.ts';
import { desiredSubjects } from '#registry/desired.ts';
import { createSchemaStore } from '#registry/schema-store.ts';
import { liveConfig } from '#stack/live-environment.ts';

/** The repository's own schemas, under subjects of this run. */
const { registry: config } = liveConfig();
const client = createRegistryClient(config);
const peer = new SchemaRegistry({ host: config.url });
const run = randomUUID();
let contract: Contract;
let id = 0;

beforeAll(async () => {
  const found = (await loadContracts('schemas')).find(({ name }) => name === 'user-activity');
  if (found === undefined) throw new Error('schemas/user-activity is gone');
  contract = { ...found, types: found.types.map((type) => ({ ...type, subject: `${run}.${type.subject}` })) };
  const desired = desiredSubjects([contract]);
  const held = await applyRegistry(client, await readRegistryPlan(client, desired), desired);
  id = held.get(`${run}.${contract.subject}`)?.id ?? 0;
});

const instant = Date.UTC(2026, 10, 24, 7, 30);
const local = instant + 3_600_000;
const common = {
  eventId: '6f1c8f1e-6f0f-4c86-9a36-0d7b1f0a9a11',
  userId: 'user-1',
  timeZone: 'Europe/Paris',
  source: 'WEARABLE',
};

/** One value of each kind: as avsc has it, and as Zoner has it. */
const values = [
  {
    kind: 'Meal',
    avsc: { mealType: 'BREAKFAST', energy: 430, caffeine: null },
    zoner: { mealType: 'BREAKFAST', energy: 430, caffeine: null },
  },
  {
    kind: 'LightExposure',
    avsc: { endedAt: instant + 60_000, lux: 1250.5, melanopicLux: null, surroundings: 'OUTDOORS' },
    zoner: { endedAt: new Date(instant + 60_000), lux: 1250.5, melanopicLux: null, surroundings: 'OUTDOORS' },
  },
  {
    kind: 'SleepSession',
    avsc: {
      endedAt: instant + 60_000,
      endedAtLocal: local + 60_000,
      sleepType: 'MAIN',
      awakenings: 2,
      stages: [{ stage: 'DEEP', startedAt: instant, minutes: 1 }],
    },
    zoner: {
      endedAt: new Date(instant + 60_000),
      endedAtLocal: BigInt(local + 60_000),
      sleepType: 'MAIN',
      awakenings: 2,
      stages: [{ stage: 'DEEP', startedAt: new Date(instant), minutes: 1 }],
    },
  },
].map(({ kind, avsc, zoner }) => ({
  kind,
  avsc: {
    ...common,
    occurredAt: instant,
    occurredAtLocal: local,
    activity: { [`zoner.activity.${kind}`]: avsc },
  },
  zoner: {
    ...common,
    occurredAt: new Date(instant),
    occurredAtLocal: BigInt(local),
    activity: { kind, ...zoner },
  },
}));

describe.each(values)('a $kind', ({ avsc, zoner }) => {
  test('that @kafkajs/confluent-schema-registry wrote is read here', async () => {
    const framed = parseFrame(await peer.encode(id, avsc));
    expect(framed?.schemaId).toBe(id);
    const writer = (await createSchemaStore(client).lookUp([id])).get(id);
    if (writer?.kind !== 'schema') throw new Error(`the registry answers ${writer?.kind}`);
    expect(compileDecoder(writer.schema, contract.root).decode(framed?.payload ?? new Uint8Array())).toEqual(
      zoner,
    );
  });

  test('that was written here is read by @kafkajs/confluent-schema-registry', async () => {
    const bytes = frame(id, compileEncoder(contract.root).encode(zoner));
    expect(await peer.decode(Buffer.from(bytes))).toEqual(avsc);
  });

  test('is the same bytes from both', async () => {
    const bytes = frame(id, compileEncoder(contract.root).encode(zoner));
    expect(Buffer.from(bytes).equals(await peer.encode(id, avsc))).toBe(true);
  });
});
