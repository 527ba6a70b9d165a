import { expect, test } from 'vitest';
import {
  contract,
  createReplayWorld,
  LATE_ID,
  napRecords,
  OWN_ID,
  type ReplayWorld,
  seeded,
} from '#cli/replay-world.ts';
import { type Board, type BoardDeps, createBoard } from '#console/board.ts';
import { totalOf } from '#console/flow.ts';
import { fateOf, type RecordLife, readLife } from '#console/record-life.ts';
import { EMPTY_LOCK } from '#contract/lock/lock.ts';
import { ZonerError } from '#core/errors.ts';

/** The board of the console over topics in memory. */

const TEXT = contract.types[0]?.text ?? '';

function boardOf(world: ReplayWorld, changes: Partial<BoardDeps> = {}): Board {
  const held = [
    { subject: contract.subject, level: 'BACKWARD' as const, versions: [version(1, OWN_ID, TEXT)] },
  ];
  return createBoard({
    contracts: [contract],
    group: 'g',
    offsets: world.broker,
    provable: [world.replayDeps('console')],
    readLock: async () => EMPTY_LOCK,
    readRegistry: async () => ({ held, changes: [] }),
    warehouse: null,
    now: world.now,
    onDefect: (error) => {
      throw error;
    },
    ...changes,
  });
}

const version = (number: number, id: number, text: string) => ({
  subject: contract.subject,
  version: number,
  id,
  text,
  references: [],
});

/** A world in which 200 records have become rows and letters, all of them written now. */
async function worldWithLetters(): Promise<ReplayWorld> {
  const world = createReplayWorld();
  const records = napRecords(200, seeded(5)).map((each) => ({ ...each, timestamp: BigInt(world.now()) }));
  await world.producer.send(records);
  const member = await world.join();
  await world.caughtUp();
  await member.stop();
  return world;
}

/** Looks until everything was read. */
async function seen<Value>(look: () => { readonly value: Value | null }): Promise<Value> {
  for (;;) {
    const { value } = look();
    if (value !== null) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function lifeOf(world: ReplayWorld, board: Board, partition: number, offset: bigint): Promise<RecordLife> {
  const { value, at } = board.letters();
  const letters = value?.get(contract.name);
  const { prover, offsets } = world.replayDeps('life');
  return readLife(
    { topic: contract.topic, partition, offset },
    {
      contract,
      offsets,
      group: 'g',
      prover,
      writers: { lookUp: async () => new Map() },
      readRecord: async (place) =>
        world.broker.log
          .records(place.topic)
          .find((each) => each.partition === place.partition && each.offset === place.offset) ?? null,
      findRows: async () =>
        world.rows.has(`${partition}/${offset}`) ? [{ loadedAt: 0, schemaId: OWN_ID }] : [],
      letters:
        letters === undefined || at === null ? null : { book: letters.book, erased: letters.erased, at },
      onDefect: (error) => {
        throw error;
      },
    },
  );
}

test('causes come with the proof of today, and the proof follows the registry', async () => {
  const world = await worldWithLetters();
  const board = boardOf(world);
  const letters = (await seen(board.letters)).get(contract.name);
  const late = letters?.causes.find(({ schemaId }) => schemaId === LATE_ID);
  expect(late).toMatchObject({ code: 'UNKNOWN_SCHEMA_ID', decodable: 0 });
  expect(late?.count).toBeGreaterThan(3);
  world.registered.operator.add(LATE_ID);
  const again = boardOf(world);
  const proved = (await seen(again.letters)).get(contract.name);
  expect(proved?.causes.find(({ schemaId }) => schemaId === LATE_ID)?.decodable).toBe(late?.count);
});

test('letters whose topics have not changed are not read again', async () => {
  const world = await worldWithLetters();
  let runs = 0;
  const deps = world.replayDeps('count');
  const transport = {
    ...deps.transport,
    run: (options: Parameters<typeof deps.transport.run>[0]) => {
      runs += 1;
      return deps.transport.run(options);
    },
  };
  let now = world.now();
  const board = boardOf(world, { provable: [{ ...deps, transport }], now: () => now });
  await seen(board.letters);
  const before = runs;
  const version = board.version;
  now += 20_000;
  board.letters();
  while (board.version === version) await new Promise((resolve) => setImmediate(resolve));
  expect([before > 0, runs]).toEqual([true, before]);
});

test('the flow counts what was produced and refused, how far the group is, and asks the broker for what was before', async () => {
  const world = await worldWithLetters();
  const watching = boardOf(world, { now: () => world.now() + 120_000 });
  const sampling = watching.watch();
  const flow = (await seen(watching.flows)).get(contract.name);
  await sampling.close();
  const minutes = flow?.history.minutes(world.now() + 120_000, null) ?? [];
  const letters = world.broker.log.records(`${contract.topic}-dlt`).length;
  expect([totalOf(minutes, 'produced'), totalOf(minutes, 'letters')]).toEqual([200, letters]);
  expect(flow?.latest).toMatchObject({ produced: 200n, lag: 0n });
  expect(minutes.at(-2)?.lag).toBeNull();
});

test('each record of a topic has the fate that the systems say', async () => {
  const world = await worldWithLetters();
  const board = boardOf(world);
  await seen(board.letters);
  await world.producer.send(napRecords(8, seeded(9)));
  const fates = new Map<string, number>();
  for (const [partition, { high }] of await world.broker.ranges(contract.topic)) {
    for (let offset = 0n; offset <= high; offset += 1n) {
      const fate = fateOf(await lifeOf(world, board, partition, offset));
      fates.set(fate, (fates.get(fate) ?? 0) + 1);
    }
  }
  const letters = new Set(
    world.broker.log
      .records(`${contract.topic}-dlt`)
      .map(({ headers }) => String(headers.find(([name]) => name === 'dlt.id')?.[1])),
  ).size;
  expect(fates.get('row')).toBe(world.rows.size);
  expect(fates.get('letter')).toBe(letters);
  expect(fates.get('unwritten')).toBe(contract.partitions);
  expect(fates.get('nowhere')).toBeUndefined();
  expect([...fates.values()].reduce((a, b) => a + b, 0)).toBe(208 + contract.partitions);
});

test('a system that does not answer leaves its own part of a record open', async () => {
  const world = await worldWithLetters();
  const board = boardOf(world);
  await seen(board.letters);
  const down = async (): Promise<never> => {
    throw new ZonerError('WAREHOUSE_UNAVAILABLE', 'no answer');
  };
  const { prover, offsets } = world.replayDeps('life');
  const life = await readLife(
    { topic: contract.topic, partition: 0, offset: 0n },
    {
      contract,
      offsets,
      group: 'g',
      prover,
      writers: { lookUp: async () => new Map() },
      readRecord: async () => null,
      findRows: down,
      letters: null,
      onDefect: () => {},
    },
  );
  expect(life.rows).toMatchObject({ trouble: { message: 'no answer' } });
  expect(life.range).toMatchObject({ value: { low: 0n } });
  expect(fateOf(life)).toBe('unknown');
});

test('a schema that is ahead of the registry is a version of its own, with the fields that changed', async () => {
  const world = createReplayWorld();
  const older = TEXT.replace(', { "name": "minutes", "type": "int" }', '');
  const held = [{ subject: contract.subject, level: null, versions: [version(1, OWN_ID, older)] }];
  const changes = [{ subject: contract.subject, description: 'naps-value: register naps/naps.avsc' }];
  const board = boardOf(world, { readRegistry: async () => ({ held, changes }) });
  const schemas = (await seen(board.schemas)).get(contract.name);
  expect(schemas).toMatchObject({
    level: null,
    pending: ['naps-value: register naps/naps.avsc'],
    versions: [
      {
        version: null,
        schemaId: null,
        changes: [{ at: 'Nap.minutes', rule: 'FIELD_ADDED_WITHOUT_DEFAULT' }],
      },
      { version: 1, schemaId: OWN_ID, changes: [] },
    ],
  });
});
