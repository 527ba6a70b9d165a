import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { compileEncoder } from '#avro/codec.ts';
import { frame } from '#avro/frame.ts';
import { chance, faultSeeds } from '#cli/fault-seeds.ts';
import { consume } from '#consumer/consume.ts';
import type { ConsumeDeps } from '#consumer/deps.ts';
import { BREAKER_DEFAULTS, createFloodBreaker } from '#consumer/flood-breaker.ts';
import { createHold } from '#consumer/hold.ts';
import type { ConsumerTransport, RecordSink, WriterSchemas } from '#consumer/ports.ts';
import { createUnknownWindow, WINDOW_DEFAULTS } from '#consumer/unknown-window.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { ZonerError } from '#core/errors.ts';
import { createMemoryBroker } from '#kafka/memory-broker.ts';
import { createMemoryConsumer } from '#kafka/memory-consumer.ts';
import { createMemoryProducer } from '#kafka/memory-producer.ts';

/**
 * The consumer on the memory transport with everything that can fail failing, on a fake clock. Three seeds here; more
 * with `npm run test:faults`.
 */

const SEEDS = faultSeeds('consume-faults');
const PARTITIONS = 4;
const contract = exampleContract(
  '{ "type": "record", "name": "Nap", "fields": [{ "name": "user", "type": "string" }, { "name": "minutes", "type": "int" }] }',
);
const encoder = compileEncoder(contract.root);
const TEN_MINUTES = 600_000;

/** Where a process can be killed with one thing done and the next thing not. */
const POINTS = ['before the sink', 'after the sink', 'after the letters', 'before the commit'] as const;
type Point = (typeof POINTS)[number];
type Service = 'registry' | 'warehouse' | 'broker' | 'deadLetters';

/** A world whose services are away when `isDown` says so; what fired is counted. */
function createWorld(random: () => number, isDown: (service: Service, now: number) => boolean) {
  let now = 0;
  let die: ((here: Point, group: string) => void) | null = null;
  const fired: Record<string, number> = {};
  const fire = (what: string): void => {
    fired[what] = (fired[what] ?? 0) + 1;
  };
  const broker = createMemoryBroker();
  for (const name of ['naps', 'naps-retry', 'naps-dlt', 'naps-dlt-status'])
    broker.log.createTopic(name, name.endsWith('status') ? 1 : PARTITIONS);
  const producer = createMemoryProducer(broker, () => 0n);
  const rows = new Map<string, number>();
  const writers: WriterSchemas = {
    async lookUp(ids) {
      if (isDown('registry', now)) {
        fire('registry');
        throw new ZonerError('REGISTRY_UNAVAILABLE', 'down');
      }
      return new Map(
        [...ids].map((id) => [
          id,
          id === 1
            ? { kind: 'schema' as const, schema: contract.root, subjects: [contract.subject] }
            : { kind: 'unknown' as const },
        ]),
      );
    },
  };
  const sink: RecordSink = {
    async write(accepted) {
      die?.('before the sink', 'g');
      const down = isDown('warehouse', now);
      // Half of the failures are of unknown outcome: the rows are there, and nobody is told.
      const applies = !down || random() < 0.5;
      let inserted = 0;
      for (const { origin } of applies ? accepted : []) {
        const identity = `${origin.partition}/${origin.offset}`;
        if (!rows.has(identity)) inserted += 1;
        rows.set(identity, 1);
      }
      if (!down) die?.('after the sink', 'g');
      if (!down) return { inserted, present: accepted.length - inserted };
      fire(applies ? 'applied and lost' : 'warehouse');
      throw new ZonerError('WAREHOUSE_UNAVAILABLE', 'down');
    },
  };
  const held = new Set<string>();
  /** While the broker is down nothing can be committed, and nobody can be asked what was. */
  const brokerAnswers = (): void => {
    if (!isDown('broker', now)) return;
    fire('broker');
    throw new ZonerError('KAFKA_UNAVAILABLE', 'down');
  };
  const memory = createMemoryConsumer(broker, { maxRecords: 7 });
  const transport: ConsumerTransport = {
    ...memory,
    run: (options) =>
      memory.run({
        ...options,
        onBatch: (batch) =>
          options.onBatch({
            ...batch,
            async commit(next, metadata) {
              brokerAnswers();
              if (metadata === '') die?.('before the commit', options.group);
              await batch.commit(next, metadata);
            },
          }),
      }),
  };
  const deps = (group: string): ConsumeDeps => ({
    group,
    transport,
    offsets: {
      async commitMetadata(asked, topic) {
        brokerAnswers();
        return broker.commitMetadata(asked, topic);
      },
    },
    writers,
    unknownIds: createUnknownWindow({
      ...WINDOW_DEFAULTS,
      windowMs: 0,
      now: () => now,
      pause: async () => {},
    }),
    breaker: createFloodBreaker({
      ...BREAKER_DEFAULTS,
      accepted: new Set(['NO_FRAME', 'UNKNOWN_SCHEMA_ID']),
    }),
    deadLetters: {
      async send(letters) {
        brokerAnswers();
        if (isDown('deadLetters', now)) {
          fire('deadLetters');
          throw new ZonerError('KAFKA_UNAVAILABLE', 'down');
        }
        await producer.send(letters);
        die?.('after the letters', group);
      },
      close: async () => {},
    },
    hold: createHold({
      firstDelayMs: 200,
      longestDelayMs: 30_000,
      random,
      pause: async (ms) => {
        now += ms;
        await new Promise((resolve) => setImmediate(resolve));
      },
      stopping: new AbortController().signal,
      onHeld: ({ code }) => held.add(code),
      onReleased: () => {},
    }),
    clusterId: 'memory',
    appVersion: '0',
    now: () => BigInt(Math.floor(now)),
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
  });
  const join = (group: string) => consume([{ contract, sink, readsRetries: true }], deps(group));
  /** From now on the n-th step that comes to this point is the last that its member does. */
  const dieAt = (point: Point, count: number): void => {
    let left = count;
    die = (here, group) => {
      if (here !== point) return;
      left -= 1;
      if (left !== 0) return;
      fire(point);
      // The group takes the partitions of a dead member away; whatever it still does comes to nothing.
      broker.faults.rebalance(group);
      throw new ZonerError('LEASE_LOST', 'the process was killed');
    };
  };
  return { broker, producer, rows, fired, fire, held, join, dieAt, now: () => now };
}

type World = ReturnType<typeof createWorld>;

/** Good records, broken ones and tombstones, in turn by chance. */
function recordsOf(count: number, random: () => number, partitions = PARTITIONS) {
  return Array.from({ length: count }, (_, at) => {
    const dice = random();
    const good = frame(dice < 0.1 ? 9 : 1, encoder.encode({ user: 'ada', minutes: at }));
    const value = dice < 0.1 ? good : dice < 0.2 ? Buffer.from('no frame') : dice < 0.25 ? null : good;
    const partition = Math.floor(random() * partitions);
    return { topic: 'naps', partition, key: null, value, headers: [], timestamp: 0n };
  });
}

/** Waits until the group has committed everything, giving way to what runs. */
async function caughtUp({ broker }: World, group: string): Promise<void> {
  for (let turns = 0; turns < 200_000; turns += 1) {
    const [committed, ranges] = await Promise.all([broker.committed(group, 'naps'), broker.ranges('naps')]);
    if ([...ranges].every(([partition, { high }]) => high === 0n || committed.get(partition) === high))
      return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('the group does not catch up');
}

/** Every offset is a row, a letter or a tombstone, exactly one of them. */
function expectWhole({ broker, rows }: World): void {
  const letters = new Set(
    broker.log
      .records('naps-dlt')
      .map(({ headers }) =>
        String(headers.find(([name]) => name === 'dlt.id')?.[1]).replace('memory/naps/', ''),
      ),
  );
  const lost = broker.log.records('naps').filter(({ partition, offset, value }) => {
    const place = `${partition}/${offset}`;
    return Number(rows.has(place)) + Number(letters.has(place)) + Number(value === null) !== 1;
  });
  expect(lost).toEqual([]);
}

test.each(SEEDS)(
  'three members in a storm of rebalances and failures lose nothing (seed %i)',
  async (seed) => {
    const random = chance(seed);
    const world = createWorld(random, () => random() < 0.3);
    const members = await Promise.all([1, 2, 3].map(() => world.join('g')));
    for (let round = 0; round < 12; round += 1) {
      world.broker.faults.failCommits(Math.floor(random() * 4));
      await world.producer.send(recordsOf(40, random));
      world.broker.faults.rebalance('g');
      world.fire('rebalance');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await caughtUp(world, 'g');
    await Promise.all(members.map((member) => member.stop()));
    expectWhole(world);
    for (const fault of ['registry', 'warehouse', 'applied and lost', 'deadLetters', 'rebalance'])
      expect(world.fired[fault], fault).toBeGreaterThan(0);
  },
);

test.each(SEEDS.flatMap((seed) => POINTS.map((point) => [point, seed] as const)))(
  'a member that dies %s, again and again, loses nothing and doubles nothing (seed %i)',
  async (point, seed) => {
    const random = chance(seed);
    const world = createWorld(random, () => false);
    const members = await Promise.all([1, 2].map(() => world.join('g')));
    for (let round = 0; round < 6; round += 1) {
      world.dieAt(point, 1 + Math.floor(random() * 3));
      await world.producer.send(recordsOf(40, random));
      await caughtUp(world, 'g');
    }
    await Promise.all(members.map((member) => member.stop()));
    expectWhole(world);
    expect(world.fired[point]).toBeGreaterThan(1);
  },
);

test.each(SEEDS)(
  'partitions that come to be while records arrive are read from their first record (seed %i)',
  async (seed) => {
    const random = chance(seed);
    const world = createWorld(random, () => random() < 0.1);
    const members = await Promise.all([1, 2, 3].map(() => world.join('g')));
    for (let partitions = PARTITIONS; partitions <= 9; partitions += 1) {
      world.broker.log.grow('naps', partitions);
      await world.producer.send(recordsOf(60, random, partitions));
      // What was sent before the group has heard of a partition is not lost either.
      world.broker.faults.rebalance('g');
      world.fire('grown');
    }
    await caughtUp(world, 'g');
    await Promise.all(members.map((member) => member.stop()));
    expectWhole(world);
    const last = await world.broker.ranges('naps');
    expect([...last].filter(([, { high }]) => high > 0n).length).toBe(9);
  },
);

test.each(['registry', 'warehouse', 'deadLetters', 'broker'] as const)(
  'ten minutes without the %s cost no record, no crash and no dead letter',
  async (service) => {
    const random = chance(randomInt(2 ** 31));
    const world = createWorld(random, (asked, now) => asked === service && now < TEN_MINUTES);
    await world.producer.send(recordsOf(200, random));
    const good = (await world.broker.ranges('naps')).size;
    expect(good).toBe(PARTITIONS);
    const member = await world.join('g');
    await caughtUp(world, 'g');
    await member.stop();
    expect(world.now()).toBeGreaterThanOrEqual(TEN_MINUTES);
    expect(world.held.size).toBe(1);
    expectWhole(world);
    const codes = world.broker.log
      .records('naps-dlt')
      .map(({ headers }) => String(headers.find(([name]) => name === 'dlt.code')?.[1]));
    expect(new Set(codes)).toEqual(new Set(['NO_FRAME', 'UNKNOWN_SCHEMA_ID']));
  },
);

test('a batch that is delivered to two members at once becomes one row a record', async () => {
  const random = chance(7);
  const world = createWorld(random, () => false);
  await world.producer.send(recordsOf(100, random));
  const [one, other] = await Promise.all([world.join('g'), world.join('h')]);
  await Promise.all([caughtUp(world, 'g'), caughtUp(world, 'h')]);
  await Promise.all([one.stop(), other.stop()]);
  expectWhole(world);
});
