import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Figure } from '#bench/bench-table.ts';
import { benchGroup } from '#bench/kafka/bench-group.ts';
import { consume } from '#consumer/consume.ts';
import type { AcceptedRecord, RecordSink } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import { type Config, parseConfig } from '#core/config.ts';
import { kafkaClient } from '#kafka/kafka-client.ts';
import { createKafkajsProducer } from '#kafka/kafkajs-producer.ts';
import { createKafkajsTopics } from '#kafka/kafkajs-topics.ts';
import { applyTopics, readTopicsPlan } from '#kafka/topics-apply.ts';
import { desiredTopics } from '#kafka/topics-desired.ts';
import type { ProducerTransport } from '#producer/ports.ts';
import { createProducer } from '#producer/producer.ts';
import { produceSimulation } from '#producer/simulation/produce.ts';
import { createActivityFold } from '#recommendations/fold.ts';
import { openRedisStore, type RedisStore } from '#recommendations/redis-store.ts';
import { applyRegistry, readRegistryPlan } from '#registry/apply.ts';
import { createRegistryClient } from '#registry/client.ts';
import { desiredSubjects } from '#registry/desired.ts';
import { createSchemaIds } from '#registry/schema-ids.ts';
import { startShortLived } from '#stack/short-lived.ts';

const RATE = 1000;
const SECONDS = 15;
const WARM_UP_SECONDS = 3;
const USERS = 200;
const FLUSH = 500;
const SEED = 'bench';
const DEADLINE_MS = 20_000;

/** From produced to visible in Redis at a steady rate, and how fast records that are there are folded. */
export const recommend: Bench = {
  async run(tell) {
    const stop = new AbortController();
    const services = await startShortLived(process.env, stop.signal, ({ name }) => tell(`${name} is up`));
    try {
      const config = parseConfig({ ...process.env, ...services.env });
      const contracts = await loadContracts('schemas');
      await prepare(config, contracts);
      const contract = contracts.find(({ topic }) => topic === 'user_activity');
      if (contract === undefined) throw new Error('there is no contract of the topic user_activity');
      const { latencies, records } = await measureLatency(config, contract);
      const fold = await measureFold(config, records);
      return {
        setting: {
          latency: `${RATE} records/s for ${SECONDS} s, ${USERS} people, after ${WARM_UP_SECONDS} s; kafkajs, one consumer`,
          fold: `${fold.records} decoded records in flushes of ${FLUSH}, one process; Redis is another`,
          seed: SEED,
          node: process.version,
        },
        figures: figuresOf(latencies, fold),
      };
    } finally {
      await services.stop();
    }
  },
};

async function prepare(config: Config, contracts: readonly Contract[]): Promise<void> {
  const client = createRegistryClient(config.registry);
  const desired = desiredSubjects(contracts);
  await applyRegistry(client, await readRegistryPlan(client, desired), desired);
  const admin = createKafkajsTopics(config.kafka);
  await applyTopics(await readTopicsPlan(desiredTopics(contracts), admin), admin);
}

async function openStore(config: Config): Promise<RedisStore> {
  const store = await openRedisStore(config.redis, { prefix: `bench-${randomUUID()}:` });
  await store.startFirstEpoch();
  return store;
}

interface Latencies {
  readonly latencies: readonly number[];
  readonly records: readonly AcceptedRecord[];
}

async function measureLatency(config: Config, contract: Contract): Promise<Latencies> {
  const store = await openStore(config);
  const fold = createActivityFold(store);
  const latencies: number[] = [];
  const records: AcceptedRecord[] = [];
  const begun = Date.now();
  const sink: RecordSink = {
    async write(batch, signal) {
      const result = await fold.write(batch, signal);
      const visible = Date.now();
      for (const { record } of batch) {
        const sent = Number(record.timestamp);
        if (sent > begun + WARM_UP_SECONDS * 1000) latencies.push(visible - sent);
      }
      records.push(...batch);
      return result;
    },
  };
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => undefined);
  const subscription = await consume(
    [{ contract, sink }],
    benchGroup(config, await kafkaClient(config.kafka), { onBegin: () => undefined, onFatal: fatal.reject }),
  );
  const sent = await produceAtRate(config);
  const deadline = Date.now() + DEADLINE_MS;
  while (records.length < sent && Date.now() < deadline) await Promise.race([sleep(20), fatal.promise]);
  await subscription.stop();
  await store.close();
  if (records.length < sent) throw new Error(`${records.length} of ${sent} records became visible`);
  return { latencies: latencies.sort((a, b) => a - b), records };
}

/** @returns how many activities were sent; each carries the moment of its sending as its timestamp */
async function produceAtRate(config: Config): Promise<number> {
  const kafka = createKafkajsProducer(config.kafka);
  const transport: ProducerTransport = {
    send: (batch) => kafka.send(batch.map((record) => ({ ...record, timestamp: BigInt(Date.now()) }))),
    close: () => kafka.close(),
  };
  const schemaIds = createSchemaIds(config.registry);
  const stop = new AbortController();
  const limits = { users: USERS, days: Number.POSITIVE_INFINITY, seed: SEED, start: '2026-03-02' };
  const { activities } = await produceSimulation(
    { ...limits, faults: 0, batchSize: 100, rate: RATE, speed: null },
    {
      producer: createProducer({ transport, schemaIds }),
      transport,
      signal: stop.signal,
      now: () => performance.now(),
      pause: async (ms) => {
        if (ms > 0) await sleep(ms);
      },
      onProgress: (sent) => {
        if (sent >= RATE * SECONDS) stop.abort();
      },
    },
  );
  await transport.close();
  return activities;
}

interface FoldSpeed {
  readonly records: number;
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

async function measureFold(config: Config, records: readonly AcceptedRecord[]): Promise<FoldSpeed> {
  const store = await openStore(config);
  const { write } = createActivityFold(store);
  const { signal } = new AbortController();
  const begun = performance.now();
  const cpu = process.cpuUsage();
  for (let from = 0; from < records.length; from += FLUSH)
    await write(records.slice(from, from + FLUSH), signal);
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await store.close();
  const perCpuSecond = records.length / ((user + system) / 1e6);
  return { records: records.length, perSecond: records.length / seconds, perCpuSecond };
}

function figuresOf(latencies: readonly number[], { perSecond, perCpuSecond }: FoldSpeed): readonly Figure[] {
  const quantile = (share: number): number =>
    latencies[Math.floor(share * (latencies.length - 1))] ?? Number.NaN;
  const info = { limit: null, aim: null };
  return [
    { what: 'folded a second', measured: Math.round(perSecond), unit: '', ...info },
    { what: 'folded a second of processor time', measured: Math.round(perCpuSecond), unit: '', ...info },
    { what: 'produced to visible, p50', measured: quantile(0.5), unit: ' ms', ...info },
    {
      what: 'produced to visible, p99',
      measured: quantile(0.99),
      unit: ' ms',
      limit: { atMost: 1000 },
      aim: null,
    },
  ];
}
