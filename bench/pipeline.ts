import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFrameHeader } from '#avro/frame.ts';
import { parseSchema } from '#avro/parse.ts';
import type { Bench, Figure } from '#bench/bench-table.ts';
import { ADDED } from '#bench/codec/event-shape.ts';
import { shapeOf, valuesOf } from '#bench/codec/shapes.ts';
import { framed } from '#bench/codec/workloads.ts';
import { withServices } from '#bench/kafka/bench-services.ts';
import { createTopic, OLDER_JSON, prepareEvents } from '#bench/kafka/event-contract.ts';
import { type MemberReport, Members } from '#bench/pipeline/members.ts';
import type { Config, KafkaConfig } from '#core/config.ts';
import { kafkaClient } from '#kafka/kafka-client.ts';

interface Step {
  readonly records: number;
  readonly partitions: number;
  readonly consumers: number;
}

const THOUSAND = 1000;
/** `BENCH_RECORDS` makes the longest steps shorter, for a look; what is quoted is a million. */
const MOST = Number(process.env.BENCH_RECORDS || 1000 * THOUSAND);
const STEPS: readonly Step[] = [
  { records: 10 * THOUSAND, partitions: 1, consumers: 1 },
  { records: 100 * THOUSAND, partitions: 6, consumers: 1 },
  { records: MOST, partitions: 6, consumers: 1 },
  { records: MOST, partitions: 12, consumers: 3 },
];
const CLIENTS = ['kafkajs', 'platformatic'] as const;
const BATCH = 2000;
const STEP_DEADLINE_MS = 600_000;

type Client = NonNullable<KafkaConfig['client']>;

/** `pipeline`: what a record costs as there are more of them, more partitions and more consumers, and after `kill -9`. */
export const pipeline: Bench = {
  run: (tell) =>
    withServices(tell, async (config, env) => {
      const { older } = await prepareEvents(config);
      const figures: Figure[] = [];
      const perRecord = new Map<string, number>();
      for (const step of STEPS) {
        const topic = await fill(config, step, older);
        tell(`${step.records} records are in ${step.partitions} partitions`);
        for (const client of CLIENTS) {
          const found = await measure({ step, topic, client, env });
          const what = `${client}, ${step.records} records, ${step.partitions} partitions, ${step.consumers} consumers`;
          tell(`${what}: ${found.processorMicros.toFixed(2)} µs a record`);
          figures.push(...figuresOf(what, step, found));
          perRecord.set(`${client} ${step.consumers} ${step.records}`, found.processorMicros);
        }
      }
      for (const client of CLIENTS) {
        const few = perRecord.get(`${client} 1 ${100 * THOUSAND}`) ?? Number.NaN;
        const many = perRecord.get(`${client} 1 ${MOST}`) ?? Number.NaN;
        figures.push({
          what: `${client}: processor time a record, ${MOST} records against ${100 * THOUSAND}`,
          measured: many / few,
          unit: 'x',
          limit: { atMost: 1.15 },
          aim: 1,
        });
      }
      return { setting: { steps: STEPS.length, most: MOST, node: process.version }, figures };
    }),
};

interface Found {
  readonly processorMicros: number;
  readonly perSecond: number;
  readonly firstRecord: number;
  /** Bytes after a tenth of the records, and after nine tenths, of one consumer. */
  readonly rss: readonly [number, number];
  /** The same after a collection of garbage: what is really held. */
  readonly held: readonly number[];
  /** Seconds in which no record came after one of several consumers was killed; null where there is only one. */
  readonly recovery: number | null;
}

/** Runs the consumers until they have seen every record; one of several is killed half way. */
async function measure(run: {
  readonly step: Step;
  readonly topic: string;
  readonly client: Client;
  readonly env: NodeJS.ProcessEnv;
}): Promise<Found> {
  const { step, topic, client, env } = run;
  let lastAt = 0;
  let firstAt = 0;
  let longestGap = 0;
  let killedAt = 0;
  const done = Promise.withResolvers<void>();
  const members = new Members(() => {
    const now = performance.now();
    firstAt ||= now;
    if (killedAt > 0) longestGap = Math.max(longestGap, now - Math.max(lastAt, killedAt));
    lastAt = now;
    const seen = members.records();
    if (step.consumers > 1 && killedAt === 0 && seen > step.records / 2) {
      members.all[0]?.kill();
      killedAt = now;
    }
    if (seen >= step.records) done.resolve();
  });
  const group = `bench-${randomUUID()}`;
  for (let index = 0; index < step.consumers; index += 1)
    members.start(env, [group, topic, client, String(step.records)]);
  const late = new AbortController();
  const deadline = sleep(STEP_DEADLINE_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`${members.records()} of ${step.records} records came`);
  });
  try {
    await Promise.race([done.promise, deadline]);
  } finally {
    late.abort();
    deadline.catch(() => undefined);
    members.end();
  }
  const ends = members.all.flatMap(({ reports }) => reports.at(-1) ?? []);
  const seconds = ends.reduce((sum, { processorSeconds }) => sum + processorSeconds, 0);
  return {
    processorMicros: (1e6 * seconds) / members.records(),
    perSecond: members.records() / ((lastAt - firstAt) / 1000),
    firstRecord: Math.min(...members.all.flatMap(({ firstRecord }) => firstRecord ?? [])),
    rss: [
      rssAt(members.all[0]?.reports, step.records / 10),
      rssAt(members.all[0]?.reports, 0.9 * step.records),
    ],
    held: (members.all[0]?.reports ?? []).flatMap(({ held }) => held ?? []),
    recovery: killedAt === 0 ? null : longestGap / 1000,
  };
}

/** The highest memory that the consumer had held when it had seen so many. */
function rssAt(reports: readonly MemberReport[] | undefined, records: number): number {
  const until = (reports ?? []).filter((each) => each.records <= records);
  return Math.max(...until.map(({ rss }) => rss));
}

function figuresOf(what: string, { consumers, records }: Step, found: Found): readonly Figure[] {
  const info = { limit: null, aim: null };
  const [early, late] = found.rss;
  const growth = (of: string, before: number, after: number): Figure => {
    const ratio = { measured: after / before, unit: 'x', limit: { atMost: 1.2 }, aim: null };
    return { what: `${what}: ${of} after nine tenths against one tenth`, ...ratio };
  };
  const [heldEarly = Number.NaN, heldLate = Number.NaN] = found.held;
  const memory = [
    growth('memory of the process', early, late),
    growth('what is held after a collection', heldEarly, heldLate),
    { what: `${what}: memory of the process at the end`, measured: late / 2 ** 20, unit: ' MiB', ...info },
  ];
  return [
    { what: `${what}: processor time a record`, measured: found.processorMicros, unit: ' µs', ...info },
    { what: `${what}: records a second`, measured: Math.round(found.perSecond), unit: '', ...info },
    { what: `${what}: start to first record`, measured: found.firstRecord, unit: ' s', ...info },
    ...(consumers === 1 && records === MOST ? memory : []),
    ...(found.recovery === null
      ? []
      : [
          { what: `${what}: standstill after kill -9 of one`, measured: found.recovery, unit: ' s', ...info },
        ]),
  ];
}

/** Sends events of the older schema to a new topic. */
async function fill(config: Config, step: Step, schemaId: number): Promise<string> {
  const topic = `bench-${step.records}-${step.partitions}`;
  await createTopic(config, topic, step.partitions);
  const values = valuesOf(shapeOf('event'), 10 * THOUSAND).map((value) =>
    Object.fromEntries(Object.entries(value as object).filter(([name]) => !(name in ADDED))),
  );
  const bytes = framed(parseSchema(JSON.stringify(OLDER_JSON)), values);
  for (const each of bytes) writeFrameHeader(each, 0, schemaId);
  const { producer: open } = await kafkaClient({ ...config.kafka, client: 'platformatic' });
  const producer = open(config.kafka);
  for (let sent = 0; sent < step.records; sent += BATCH)
    await producer.send(
      Array.from({ length: BATCH }, (_, index) => ({
        topic,
        partition: index % step.partitions,
        key: null,
        value: bytes[(sent + index) % bytes.length] ?? null,
        headers: [],
        timestamp: null,
      })),
    );
  await producer.close();
  return topic;
}
