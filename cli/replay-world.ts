/** A contract's topics, its consumer and its replays in memory, on a fake clock, for tests and measurements of replay. */
import { compileEncoder } from '#avro/codec.ts';
import { frame } from '#avro/frame.ts';
import { consume } from '#consumer/consume.ts';
import type { ConsumeDeps } from '#consumer/deps.ts';
import { BREAKER_DEFAULTS, createFloodBreaker } from '#consumer/flood-breaker.ts';
import { createHold } from '#consumer/hold.ts';
import { REFUSAL_CODES } from '#consumer/outcome.ts';
import type { RecordSink, Subscription, WriterSchemas } from '#consumer/ports.ts';
import { createReader } from '#consumer/reader.ts';
import { createUnknownWindow, WINDOW_DEFAULTS } from '#consumer/unknown-window.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import { type Account, Books } from '#dead-letters/account.ts';
import type { WriteDeps } from '#dead-letters/ports.ts';
import { createProver } from '#dead-letters/prove.ts';
import type { ReplayDeps } from '#dead-letters/replay.ts';
import { REPLAY_DEFAULTS, type ReplayOptions } from '#dead-letters/replay-options.ts';
import { startWatch } from '#dead-letters/watch.ts';
import { letterFilter } from '#dead-letters/where.ts';
import { createMemoryBroker, type MemoryBroker } from '#kafka/memory-broker.ts';
import { createMemoryConsumer } from '#kafka/memory-consumer.ts';
import { createMemoryProducer } from '#kafka/memory-producer.ts';
import type { OutgoingRecord, ProducerTransport } from '#producer/ports.ts';
import { rowOf } from '#snowflake/row.ts';
import { tableOf } from '#snowflake/table.ts';

export const PARTITIONS = 4;
const naps = exampleContract(
  '{ "type": "record", "name": "Nap", "fields": [{ "name": "user", "type": "string" }, { "name": "minutes", "type": "int" }] }',
);
export const contract = { ...naps, person: 'user', partitions: PARTITIONS };
const encoder = compileEncoder(contract.root);
const names = topicNames(contract.topic);

/** Registered from the start, and only once somebody says so. */
export const OWN_ID = 1;
export const LATE_ID = 9;

const LOADED_AT = '2026-03-01T00:00:00.000Z';

/** The next records in numbers from 0 to 1 that a seed gives. */
export function seeded(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** What a process does no more once it was killed. */
export class Killed extends Error {}

export const ALL: ReplayOptions = { ...REPLAY_DEFAULTS, filter: letterFilter(null, [], 0) };

export function createReplayWorld() {
  let now = Date.UTC(2026, 2, 1);
  const broker = createMemoryBroker();
  for (const name of Object.values(names))
    broker.log.createTopic(name, name === names.status ? 1 : PARTITIONS);
  const producer = createMemoryProducer(broker, () => BigInt(now));
  const rows = new Map<string, string>();
  /** Ids that the registry knows, as consumer and operator see it. */
  const registered = { consumer: new Set([OWN_ID]), operator: new Set([OWN_ID]) };
  const tick = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const pause = async (ms: number): Promise<void> => {
    now += ms;
    await tick();
  };
  const join = () => joinConsumer({ broker, rows, known: registered.consumer, now: () => now, pause });

  /** @param send what sending does instead; a replay that was killed sends and waits no more */
  const writeDeps = (run: string, send: ProducerTransport['send'] = producer.send): WriteDeps => {
    const alive = mortal();
    return {
      contract,
      transport: createMemoryConsumer(broker, { maxRecords: 50 }),
      offsets: broker,
      signal: new AbortController().signal,
      producer: { send: (records) => alive(() => send(records)), close: async () => {} },
      run,
      now: () => now,
      clock: () => now,
      pause: (ms) => alive(() => pause(ms)),
    };
  };
  const replayDeps = (run: string, send?: ProducerTransport['send']): ReplayDeps => ({
    ...writeDeps(run, send),
    prover: createProver({
      reader: createReader(contract),
      writers: writersFor(registered.operator),
      rowProblem: () => null,
    }),
    committed: new Map(),
    onPlan: () => {},
    onProgress: () => {},
    onWait: () => {},
  });

  /** Waits until the consumer has committed all that the topics hold. */
  const caughtUp = async (): Promise<void> => {
    for (let turns = 0; turns < 100_000; turns += 1) {
      const isThere = await Promise.all(
        [names.source, names.retry].map(async (topic) => {
          const [committed, ranges] = await Promise.all([broker.committed('g', topic), broker.ranges(topic)]);
          return [...ranges].every(([p, { low, high }]) => low === high || committed.get(p) === high);
        }),
      );
      if (isThere.every(Boolean)) return;
      await tick();
    }
    throw new Error('the group does not catch up');
  };

  /** The books, as `zoner reconcile` makes them. */
  const reconcile = async (): Promise<Account> => {
    const watch = await startWatch(writeDeps('reconcile'));
    const identities = [...rows.keys()].map((place) => {
      const [partition, offset] = place.split('/');
      return { partition: Number(partition), offset: BigInt(offset ?? 0), rows: 1 };
    });
    const books = new Books(
      identities,
      watch.book.all(),
      await broker.committed('g', names.source),
      watch.erased,
    );
    for (const record of broker.log.records(names.source)) books.enter(record);
    await watch.close();
    return books.close();
  };

  return {
    broker,
    producer,
    rows,
    registered,
    join,
    replayDeps,
    writeDeps,
    caughtUp,
    reconcile,
    now: () => now,
  };
}

/** Runs steps until one of them kills; after that none runs any more. */
function mortal() {
  let killed: unknown = null;
  return async <T>(step: () => Promise<T>): Promise<T> => {
    if (killed !== null) throw killed;
    try {
      return await step();
    } catch (error) {
      if (error instanceof Killed) killed = error;
      throw error;
    }
  };
}

/** What a registry says that knows these ids. */
export function writersFor(known: ReadonlySet<number>): WriterSchemas {
  const writer = { kind: 'schema' as const, schema: contract.root, subjects: [contract.subject] };
  return {
    lookUp: async (ids) =>
      new Map([...ids].map((id) => [id, known.has(id) ? writer : { kind: 'unknown' as const }])),
  };
}

/** Keeps each identity's first row, as the MERGE does. */
function memorySink(rows: Map<string, string>): RecordSink {
  const table = tableOf(contract);
  return {
    async write(accepted) {
      let inserted = 0;
      for (const each of accepted) {
        const { partition, offset } = each.origin;
        const row = rowOf(table, contract.root, each, LOADED_AT);
        if ('reason' in row) throw new Error(row.reason);
        if (rows.has(`${partition}/${offset}`)) continue;
        rows.set(`${partition}/${offset}`, row.json);
        inserted += 1;
      }
      return { inserted, present: accepted.length - inserted };
    },
  };
}

interface ConsumerParts {
  readonly broker: MemoryBroker;
  readonly rows: Map<string, string>;
  readonly known: ReadonlySet<number>;
  now(): number;
  pause(ms: number): Promise<void>;
}

/** The group that loads the table, with every code accepted in numbers. */
function joinConsumer({ broker, rows, known, now, pause }: ConsumerParts): Promise<Subscription> {
  const deps: ConsumeDeps = {
    group: 'g',
    transport: createMemoryConsumer(broker, { maxRecords: 50 }),
    offsets: broker,
    writers: writersFor(known),
    unknownIds: createUnknownWindow({ ...WINDOW_DEFAULTS, windowMs: 0, now, pause }),
    breaker: createFloodBreaker({ ...BREAKER_DEFAULTS, accepted: new Set(REFUSAL_CODES) }),
    deadLetters: createMemoryProducer(broker, () => BigInt(now())),
    hold: createHold({
      firstDelayMs: 200,
      longestDelayMs: 30_000,
      random: Math.random,
      pause,
      stopping: new AbortController().signal,
      onHeld: () => {},
      onReleased: () => {},
    }),
    clusterId: 'memory',
    appVersion: '0',
    now: () => BigInt(now()),
    findKillers: async () => new Set(),
    onBegin: () => {},
    onEnd: () => {},
    onBatch: () => {},
    onPaused: (_, why) => {
      throw why;
    },
    onFatal: (error) => {
      throw error;
    },
  };
  return consume([{ contract, sink: memorySink(rows), readsRetries: true }], deps);
}

export type ReplayWorld = ReturnType<typeof createReplayWorld>;

/** Good records, records with an id that is registered late, broken ones and tombstones, by chance. */
export function napRecords(length: number, random: () => number): readonly OutgoingRecord[] {
  return Array.from({ length }, (_, minutes) => {
    const dice = random();
    const user = `user-${Math.floor(random() * 20)}`;
    const good = frame(dice < 0.3 ? LATE_ID : OWN_ID, encoder.encode({ user, minutes }));
    return {
      topic: contract.topic,
      partition: Math.floor(random() * PARTITIONS),
      key: Buffer.from(user),
      value: dice < 0.3 ? good : dice < 0.4 ? Buffer.from('no frame') : dice < 0.45 ? null : good,
      headers: [
        ['trace', Buffer.from(`t${minutes}`)],
        ['trace', null],
        ['binary', Buffer.from([0xff, 0x00])],
      ],
      timestamp: BigInt(Date.UTC(2026, 1, 1) + minutes * 1000),
    };
  });
}
