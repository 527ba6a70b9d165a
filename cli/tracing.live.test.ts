import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { apiHarness } from '#api/testing/api-harness.ts';
import { exampleActivity } from '#api/testing/example-bodies.ts';
import { logBatches } from '#cli/log-batches.ts';
import { Resources } from '#cli/resources.ts';
import { wireGroup } from '#client/wire-group.ts';
import { consume } from '#consumer/consume.ts';
import { headerReader } from '#consumer/origin.ts';
import { scan } from '#consumer/scan.ts';
import { endsOf, reachEnds } from '#consumer/until-end.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import { UserActivity } from '#generated/user-activity/types.ts';
import { createKafkajsConsumer } from '#kafka/kafkajs-consumer.ts';
import { createKafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { createKafkajsProducer } from '#kafka/kafkajs-producer.ts';
import { createKafkajsTopics } from '#kafka/kafkajs-topics.ts';
import { applyTopics, readTopicsPlan } from '#kafka/topics-apply.ts';
import { desiredTopics } from '#kafka/topics-desired.ts';
import type { OutgoingRecord } from '#producer/ports.ts';
import { applyRegistry, readRegistryPlan } from '#registry/apply.ts';
import { createRegistryClient } from '#registry/client.ts';
import { desiredSubjects } from '#registry/desired.ts';
import { createSchemaIds } from '#registry/schema-ids.ts';
import { applyPlan, readDeployPlan } from '#snowflake/apply.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { createSink, SINK_DEFAULTS } from '#snowflake/sink.ts';
import { liveConfig } from '#stack/live-environment.ts';
import { startTracing } from '#tracing/start-tracing.ts';
import { activeTraceId, traceGroup, traceSink } from '#tracing/traced-group.ts';
import { createTraceRequest } from '#tracing/traced-requests.ts';

/** A request's trace, from the API over the real broker to the row and to the dead letter. */

const config = liveConfig();
const RUN = randomBytes(4).toString('hex');
const TOPIC = `traces_${RUN}`;
const TRACE_ID = randomBytes(16).toString('hex');
const TRACE_PARENT = `00-${TRACE_ID}-${randomBytes(8).toString('hex')}-01`;

function warehouseConfig() {
  if (config.snowflake === null) throw new Error('the live tests have a warehouse');
  return { ...config.snowflake, database: `TRACES_${RUN.toUpperCase()}` };
}

/** The contract with topics, schemas and a table of its own: other tests count what is in those of the repository. */
async function deployed(resources: Resources) {
  const contracts = await loadContracts('schemas');
  const found = contracts.find(({ name }) => name === UserActivity.name);
  if (found === undefined) throw new Error('there is no such contract');
  const contract: Contract = { ...found, topic: TOPIC };
  const registry = createRegistryClient(config.registry);
  const desired = desiredSubjects(contracts);
  await applyRegistry(registry, await readRegistryPlan(registry, desired), desired);
  const admin = createKafkajsTopics(config.kafka);
  await applyTopics(await readTopicsPlan(desiredTopics([contract]), admin), admin);
  const place = warehouseConfig();
  const warehouse = resources.use(createWarehouse(place, { appVersion: '0' }));
  const run = {
    warehouse,
    appVersion: '0',
    run: RUN,
    allow: new Set<string>(),
    leaseMs: 60_000,
    waitMs: 60_000,
    pause: (ms: number) => sleep(ms),
    onWait: () => {},
    onStep: () => {},
  };
  const histories = [{ contract, history: [] }];
  await applyPlan(await readDeployPlan(warehouse, histories, place), histories, run);
  return { contract, warehouse, place };
}

test('a trace that began with a request ends with the row, and stands in the dead letter and the log', async () => {
  await using resources = new Resources();
  const { contract, warehouse, place } = await deployed(resources);
  const exporter = new InMemorySpanExporter();
  const processor = new SimpleSpanProcessor({ exporter });
  const tracing = await startTracing({
    service: 'test',
    version: '0',
    env: {},
    processor,
    onFailure: (why) => expect.unreachable(why),
  });
  const producer = resources.use(createKafkajsProducer(config.kafka));
  const here = (records: readonly OutgoingRecord[]) => records.map((each) => ({ ...each, topic: TOPIC }));
  const api = await apiHarness({
    send: (records) => producer.send(here(records)),
    schemaId: await createSchemaIds(config.registry).idOf(UserActivity.types),
    traceRequest: createTraceRequest(),
  });
  const answer = await api.app.inject({
    method: 'POST',
    url: '/v1/activity',
    headers: { traceparent: TRACE_PARENT },
    payload: exampleActivity({ userId: 'ada' }),
  });
  expect(answer.statusCode).toBe(202);
  expect(api.logged.join()).toContain(TRACE_ID);
  const headers = [['traceparent', Buffer.from(TRACE_PARENT)] as const];
  const broken = { topic: TOPIC, partition: 0, key: null, value: Buffer.from('broken'), timestamp: null };
  await producer.send([{ ...broken, headers }]);

  const lines: string[] = [];
  await consumeAll(contract, place, warehouse, resources, lines);
  const spans = exporter.getFinishedSpans();
  await tracing.close();
  const own = spans.filter((span) => span.spanContext().traceId === TRACE_ID);
  const of = (name: string): readonly ReadableSpan[] => own.filter((span) => span.name === name);
  const [request] = of('POST /v1/activity');
  const [sent] = of(`send ${UserActivity.topic}`);
  const settled = of(`settle ${TOPIC}`);
  expect(request?.parentSpanContext?.spanId).toBe(TRACE_PARENT.split('-')[2]);
  expect(sent?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  const row = settled.find(({ attributes }) => attributes['zoner.outcome'] === 'row');
  expect(row?.parentSpanContext?.spanId).toBe(sent?.spanContext().spanId);
  const refused = settled.find(({ attributes }) => attributes['zoner.outcome'] === 'refused');
  expect(refused?.attributes).toMatchObject({ 'error.type': 'NO_FRAME', 'messaging.kafka.offset': 0 });

  const batches = spans.filter(({ name }) => name === `process ${TOPIC}`);
  const linked = batches.flatMap(({ links }) => links.map(({ context }) => context.traceId));
  expect(linked).toContain(TRACE_ID);
  const write = spans.find(({ name }) => name === `write ${contract.name}`);
  const writers = batches.map((span) => span.spanContext().spanId);
  expect(writers).toContain(write?.parentSpanContext?.spanId);
  expect(lines.some((line) => line.includes('"trace_id"'))).toBe(true);
  expect(JSON.stringify(spans.map(({ name, attributes }) => [name, attributes]))).not.toMatch(/ada|broken/);

  const sql = `SELECT "_HEADERS"::VARCHAR AS H FROM "${place.database}"."PUBLIC"."${contract.table}"`;
  expect((await warehouse.execute(sql)).rows).toEqual([[expect.stringContaining('traceparent')]]);
  expect(await lettersOf()).toEqual([TRACE_ID]);
});

/** The warehouse group, traced as `zoner consume` is, until it has committed all of the topic. */
async function consumeAll(
  contract: Contract,
  place: ReturnType<typeof warehouseConfig>,
  warehouse: ReturnType<typeof createWarehouse>,
  resources: Resources,
  lines: string[],
): Promise<void> {
  const keep = (...args: readonly unknown[]): void => void lines.push(JSON.stringify(args));
  const log = { debug: keep, info: keep, warn: keep, error: keep };
  const offsets = resources.use(createKafkajsOffsets(config.kafka));
  const failed = Promise.withResolvers<never>();
  const nothing = (): void => undefined;
  const group = {
    group: `traces-${RUN}`,
    directory: '.',
    appVersion: '0',
    keepsLetters: true,
    sessionTimeoutMs: 6000,
    stopping: new AbortController().signal,
  };
  const events = {
    onBegin: nothing,
    onEnd: nothing,
    onHeld: (error: unknown) => failed.reject(error),
    onReleased: nothing,
    onPaused: nothing,
    onBatch: nothing,
    onFatal: failed.reject,
  };
  const wired = await wireGroup({ ...config, snapshotPath: null }, group, offsets, events, {
    keeper: resources,
    log,
  });
  const deps = { warehouse, place, options: SINK_DEFAULTS, now: Date.now, pause: (ms: number) => sleep(ms) };
  const sink = traceSink(contract.name, createSink(contract, deps), 'snowflake');
  const ends = await endsOf([TOPIC], offsets);
  const traced = traceGroup(logBatches(wired, log, activeTraceId));
  const subscription = await consume([{ contract, sink, readsRetries: true }], traced);
  const reached = reachEnds(group.group, ends, { offsets, pause: () => sleep(100), onProgress: nothing });
  await Promise.race([reached, failed.promise]);
  await subscription.stop();
}

/** The traces that the dead letters name. */
async function lettersOf(): Promise<readonly (string | null)[]> {
  const offsets = createKafkajsOffsets(config.kafka);
  const transport = createKafkajsConsumer(config.kafka);
  const found: (string | null)[] = [];
  await scan(`${TOPIC}-dlt`, { transport, offsets, signal: AbortSignal.timeout(30_000) }, (record) => {
    found.push(headerReader(record)('dlt.trace.id'));
  });
  await offsets.close();
  return found;
}
