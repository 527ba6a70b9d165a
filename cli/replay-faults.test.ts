import { expect, test } from 'vitest';
import { faultSeeds } from '#cli/fault-seeds.ts';
import {
  ALL,
  contract,
  createReplayWorld,
  Killed,
  LATE_ID,
  napRecords,
  type ReplayWorld,
  seeded,
} from '#cli/replay-world.ts';
import { headerReader } from '#consumer/origin.ts';
import { ZonerError } from '#core/errors.ts';
import { isReconciled } from '#dead-letters/account.ts';
import { planReplay, replay } from '#dead-letters/replay.ts';
import { letterFilter } from '#dead-letters/where.ts';
import type { ProducerTransport } from '#producer/ports.ts';

/** Replays in memory, with everything that can end them. Three seeds here; more with `npm run test:faults`. */

const SEEDS = faultSeeds('replay-faults');

/** A world with letters: nobody knows the late id yet. */
async function worldWithLetters(random: () => number, count = 120) {
  const world = createReplayWorld();
  await world.producer.send(napRecords(count, random));
  const member = await world.join();
  await world.caughtUp();
  const { rows, deadLetters } = await world.reconcile();
  const late = world.broker.log
    .records('naps-dlt')
    .filter((record) => headerReader(record)('dlt.code') === 'UNKNOWN_SCHEMA_ID').length;
  return { ...world, member, late, before: { rows, deadLetters } };
}

function registerLateId({ registered }: Pick<ReplayWorld, 'registered'>): void {
  registered.consumer.add(LATE_ID);
  registered.operator.add(LATE_ID);
}

/** Ids and attempts of everything that was sent to the retry topic. */
function sentOf({ broker }: Pick<ReplayWorld, 'broker'>): readonly string[] {
  return broker.log.records('naps-retry').map((record) => {
    const header = headerReader(record);
    return `${header('dlt.id')} ${header('dlt.attempts')}`;
  });
}

/** Every late record is a row, nothing was sent twice, and the books are clean. */
async function expectReplayed(world: Awaited<ReturnType<typeof worldWithLetters>>): Promise<void> {
  await world.caughtUp();
  const account = await world.reconcile();
  expect(isReconciled(account)).toBe(true);
  expect(account.rows).toBe(world.before.rows + world.late);
  expect(account.deadLetters).toBe(world.before.deadLetters - world.late);
  expect(account.waiting).toBe(0);
  const sent = sentOf(world);
  expect(sent).toHaveLength(world.late);
  expect(new Set(sent).size).toBe(world.late);
  expect(sent.every((each) => each.endsWith(' 1'))).toBe(true);
}

/** Sends until the nth call, which kills: before the broker has it, or before anybody hears that it has. */
function killing(send: ProducerTransport['send'], nth: number, written: boolean): ProducerTransport['send'] {
  let calls = 0;
  return async (records) => {
    calls += 1;
    if (calls < nth) return send(records);
    if (written) await send(records);
    throw new Killed();
  };
}

test.each(SEEDS)(
  'a replay killed at any point and started again sends each letter once (seed %i)',
  async (seed) => {
    const random = seeded(seed);
    const world = await worldWithLetters(random);
    registerLateId(world);
    let kills = 0;
    for (let run = 0; kills < 6; run += 1) {
      const send = killing(world.producer.send, 1 + Math.floor(random() * 6), random() < 0.5);
      try {
        await replay({ ...ALL, rate: 20 }, world.replayDeps(`run-${run}`, send));
        break;
      } catch (error) {
        expect(error).toBeInstanceOf(Killed);
        kills += 1;
      }
    }
    expect(kills).toBeGreaterThan(0);
    const last = await replay(ALL, world.replayDeps('last'));
    expect(last.stopped).toBeNull();
    await expectReplayed(world);
    await world.member.stop();
  },
);

test('a second replay of the same letters sends nothing', async () => {
  const world = await worldWithLetters(seeded(1));
  registerLateId(world);
  const first = await replay(ALL, world.replayDeps('first'));
  expect(first).toMatchObject({
    sent: world.late,
    resolved: world.late,
    failedAgain: 0,
    waiting: 0,
    stopped: null,
  });
  const second = await replay(ALL, world.replayDeps('second'));
  expect(second).toMatchObject({ passing: 0, sent: 0, stopped: null });
  await expectReplayed(world);
  await world.member.stop();
});

test('the row of a replayed record is the one that it would have been', async () => {
  const late = await worldWithLetters(seeded(2));
  registerLateId(late);
  await replay(ALL, late.replayDeps('run'));
  await late.caughtUp();
  const early = createReplayWorld();
  registerLateId(early);
  await early.producer.send(napRecords(120, seeded(2)));
  const member = await early.join();
  await early.caughtUp();
  expect(late.late).toBeGreaterThan(0);
  expect(new Map([...late.rows].sort())).toEqual(new Map([...early.rows].sort()));
  await Promise.all([late.member.stop(), member.stop()]);
});

test('letters that would be refused again are not sent, and are told with their reason', async () => {
  const world = await worldWithLetters(seeded(3));
  const report = await replay(ALL, world.replayDeps('run'));
  const failing = report.stillFailing.reduce((sum, { letters }) => sum + letters, 0);
  expect(report).toMatchObject({ passing: 0, sent: 0, chosen: failing });
  expect(report.stillFailing.map(({ code }) => code).sort()).toEqual(['NO_FRAME', 'UNKNOWN_SCHEMA_ID']);
  expect(sentOf(world)).toEqual([]);
  await world.member.stop();
});

test('a plan proves, and changes nothing', async () => {
  const world = await worldWithLetters(seeded(3));
  registerLateId(world);
  const ends = await world.broker.ranges('naps-dlt-status');
  const plan = await planReplay(ALL, world.replayDeps('run'));
  expect(plan).toMatchObject({ passing: world.late, sent: 0 });
  expect(await world.broker.ranges('naps-dlt-status')).toEqual(ends);
  expect(sentOf(world)).toEqual([]);
  await world.member.stop();
});

test('a consumer that still refuses stops the replay after the canary; the fifth refusal parks', async () => {
  const world = await worldWithLetters(seeded(4));
  world.registered.operator.add(LATE_ID);
  const filter = letterFilter('UNKNOWN_SCHEMA_ID', ['partition=1'], 0);
  const { passing } = await planReplay({ ...ALL, filter }, world.replayDeps('plan'));
  expect(passing).toBeGreaterThan(1);
  for (let attempt = 2; attempt <= 5; attempt += 1) {
    const report = await replay({ ...ALL, filter }, world.replayDeps(`run-${attempt}`));
    const sent = Math.min(10, passing);
    expect(report).toMatchObject({ sent, failedAgain: sent, stopped: { code: 'FAILS_AGAIN' } });
    expect(report.parked).toBe(attempt === 5 ? sent : 0);
  }
  const parked = Math.min(10, passing);
  expect(await world.reconcile()).toMatchObject({ parked, waiting: 0, gaps: [], doubles: [] });
  expect(world.broker.log.records('naps-dlt-parked')).toHaveLength(parked);
  const letters = world.broker.log.records('naps-dlt').map(headerReader);
  expect(letters.filter((header) => header('dlt.attempts') === '5')).toHaveLength(parked);
  const firsts = new Map(letters.map((header) => [header('dlt.id'), header('dlt.first.failed.at')]));
  expect(letters.every((header) => header('dlt.first.failed.at') === firsts.get(header('dlt.id')))).toBe(
    true,
  );
  await world.member.stop();
});

test.each([false, true])(
  'a retry topic that is down stops the replay, and the next one ends it (written: %s)',
  async (written) => {
    const world = await worldWithLetters(seeded(5));
    registerLateId(world);
    let sends = 0;
    const send: ProducerTransport['send'] = async (records) => {
      if (records[0]?.topic === 'naps-retry') sends += 1;
      const fails = records[0]?.topic === 'naps-retry' && sends === 2;
      if (!fails || written) await world.producer.send(records);
      if (fails) throw new ZonerError('KAFKA_UNAVAILABLE', 'the retry topic is down');
    };
    const report = await replay(ALL, world.replayDeps('first', send));
    expect(report.stopped?.code).toBe('KAFKA_UNAVAILABLE');
    expect(report.sent).toBe(10);
    expect((await replay(ALL, world.replayDeps('second'))).stopped).toBeNull();
    await expectReplayed(world);
    await world.member.stop();
  },
);

test('a replay that is stopped says how far it came, and gives way at once to the next', async () => {
  const world = await worldWithLetters(seeded(11));
  registerLateId(world);
  const stop = new AbortController();
  let sends = 0;
  const send: ProducerTransport['send'] = async (records) => {
    await world.producer.send(records);
    if (records[0]?.topic === 'naps-retry') sends += 1;
    if (sends === 2) stop.abort(new Error('stopped by SIGINT'));
  };
  const deps = world.replayDeps('first', send);
  const pause = async (ms: number): Promise<void> => {
    stop.signal.throwIfAborted();
    await deps.pause(ms);
  };
  const report = await replay({ ...ALL, rate: 20 }, { ...deps, pause, signal: stop.signal });
  expect(report.stopped).toMatchObject({ code: 'STOPPED', message: 'stopped by SIGINT' });
  expect(report.sent).toBeGreaterThanOrEqual(10);
  const waits: string[] = [];
  await replay(ALL, { ...world.replayDeps('second'), onWait: (run) => void waits.push(run) });
  expect(waits).toEqual([]);
  await expectReplayed(world);
  await world.member.stop();
});

test('of two replays at once one is refused, and nothing is sent twice', async () => {
  const world = await worldWithLetters(seeded(6), 400);
  registerLateId(world);
  const runs = ['a', 'b'].map((run) => replay({ ...ALL, rate: 10 }, world.replayDeps(run)));
  const ended = await Promise.allSettled(runs);
  const refused = ended.filter(({ status }) => status === 'rejected');
  expect(refused).toEqual([{ status: 'rejected', reason: expect.objectContaining({ code: 'REPLAY_BUSY' }) }]);
  await expectReplayed(world);
  await world.member.stop();
});

test('letters outlive their records, and a letter that expired is passed over', async () => {
  const world = await worldWithLetters(seeded(7));
  registerLateId(world);
  for (const [partition, { high }] of await world.broker.ranges('naps'))
    world.broker.log.truncate('naps', partition, high);
  world.broker.log.truncate('naps-dlt', 0, 2n);
  const report = await replay(ALL, world.replayDeps('run'));
  expect(report.stopped).toBeNull();
  expect(report.resolved).toBe(report.passing);
  expect(report.resolved).toBeGreaterThan(0);
  expect(isReconciled(await world.reconcile())).toBe(true);
  await world.member.stop();
});

test('without a consumer the replay ends after the canary, and goes on once there is one', async () => {
  const world = await worldWithLetters(seeded(8));
  await world.member.stop();
  registerLateId(world);
  const report = await replay(ALL, world.replayDeps('run'));
  expect(report.stopped?.code).toBe('NO_OUTCOME');
  expect(report).toMatchObject({ sent: 10, waiting: 10, resolved: 0 });
  expect(await world.reconcile()).toMatchObject({ waiting: 10, gaps: [] });
  const member = await world.join();
  expect((await replay(ALL, world.replayDeps('next'))).stopped).toBeNull();
  await expectReplayed(world);
  await member.stop();
});

test('what was sent in vain is sent again only if one asks for it', async () => {
  const world = await worldWithLetters(seeded(8));
  await world.member.stop();
  registerLateId(world);
  await replay({ ...ALL, max: 3 }, world.replayDeps('run'));
  // The retry topic forgets what nobody has read.
  for (const [partition, { high }] of await world.broker.ranges('naps-retry'))
    world.broker.log.truncate('naps-retry', partition, high);
  const member = await world.join();
  const plain = await replay(ALL, world.replayDeps('plain'));
  expect(plain.sent).toBe(world.late - 3);
  const again = await replay({ ...ALL, again: true }, world.replayDeps('again'));
  expect(again).toMatchObject({ sent: 3, resolved: 3 });
  expect(await world.reconcile()).toMatchObject({ waiting: 0, gaps: [], doubles: [] });
  await member.stop();
});

test('the canary goes first, the others at the rate, and no more than asked for', async () => {
  const world = await worldWithLetters(seeded(9), 400);
  registerLateId(world);
  const sends: { readonly count: number; readonly at: number }[] = [];
  const send: ProducerTransport['send'] = async (records) => {
    if (records[0]?.topic === 'naps-retry') sends.push({ count: records.length, at: world.now() });
    await world.producer.send(records);
  };
  const report = await replay({ ...ALL, rate: 20, max: 60 }, world.replayDeps('run', send));
  expect(report).toMatchObject({ sent: 60, resolved: 60, stopped: null });
  expect(sends[0]?.count).toBe(10);
  const [first, last] = [sends[1], sends.at(-1)];
  const seconds = ((last?.at ?? 0) - (first?.at ?? 0)) / 1000;
  expect(seconds).toBeGreaterThanOrEqual((50 - (last?.count ?? 0)) / 20);
  await world.member.stop();
});

test('only what the filter chooses is sent', async () => {
  const world = await worldWithLetters(seeded(10), 200);
  registerLateId(world);
  const filter = letterFilter(`UNKNOWN_SCHEMA_ID:${LATE_ID}`, ['partition=2', 'attempts=1'], 0);
  const report = await replay({ ...ALL, filter }, world.replayDeps('run'));
  expect(report.stillFailing).toEqual([]);
  expect(report.sent).toBe(report.chosen);
  expect(new Set(world.broker.log.records('naps-retry').map(({ partition }) => partition))).toEqual(
    new Set([2]),
  );
  expect(contract.partitions).toBeGreaterThan(0);
  await world.member.stop();
});
