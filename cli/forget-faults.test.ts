import { expect, test } from 'vitest';
import { faultSeeds } from '#cli/fault-seeds.ts';
import {
  contract,
  createReplayWorld,
  Killed,
  napRecords,
  OWN_ID,
  seeded,
  writersFor,
} from '#cli/replay-world.ts';
import { headerReader } from '#consumer/origin.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import { isReconciled } from '#dead-letters/account.ts';
import { acquireClaim } from '#dead-letters/claim.ts';
import { settle } from '#dead-letters/settle.ts';
import { startWatch } from '#dead-letters/watch.ts';
import { erase } from '#erasure/erase.ts';
import { planErasure } from '#erasure/plan.ts';
import type { EraseDeps } from '#erasure/ports.ts';
import { search } from '#erasure/search.ts';
import type { ProducerTransport } from '#producer/ports.ts';

/** Erasures in memory, killed wherever they can be. Three seeds here; more with `npm run test:faults`. */

const SEEDS = faultSeeds('forget-faults');
const PERSON = 'user-3';
const LETTER_TOPICS = ['naps-dlt', 'naps-dlt-parked'] as const;

type World = Awaited<ReturnType<typeof letThereBePeople>>;

/** Rows, letters and parked letters of twenty people. */
async function letThereBePeople(random: () => number) {
  const world = createReplayWorld();
  await world.producer.send(napRecords(300, random));
  const member = await world.join();
  await world.caughtUp();
  const deps = world.writeDeps('park');
  const watch = await startWatch(deps);
  const ids = [...watch.book.all()].map(({ id }) => id).filter(() => random() < 0.4);
  await settle('park', ids, 'looked at', watch, deps);
  await watch.close();
  return { ...world, member };
}

/** @param steps counts what changes something, and kills at one of them */
function depsOf(world: World, run: string, steps: (step: () => Promise<void>) => Promise<void>): EraseDeps {
  const send: ProducerTransport['send'] = (records) => steps(() => world.producer.send(records));
  const theirs = (ends: ReadonlyMap<number, bigint>) =>
    [...world.rows].filter(([place, json]) => {
      const [partition, offset] = place.split('/');
      const isOld = BigInt(offset ?? 0) < (ends.get(Number(partition)) ?? 0n);
      return isOld && (JSON.parse(json) as { user: string }).user === PERSON;
    });
  return {
    ...world.writeDeps(run, send),
    contract,
    writers: writersFor(new Set([OWN_ID])),
    settingsOf: async () => new Map(),
    removeBefore: (topic, next) =>
      steps(async () => {
        for (const [partition, low] of next) world.broker.log.truncate(topic, partition, low);
      }),
    rows: {
      held: async (ends) => ({ rows: theirs(ends).length, timeTravelDays: 1, hasFailSafe: true }),
      async erase(ends) {
        const rows = theirs(ends);
        await steps(async () => rows.forEach(([place]) => void world.rows.delete(place)));
        return rows.length;
      },
    },
    state: null,
    hash: 'hash',
  };
}

const unharmed = (step: () => Promise<void>): Promise<void> => step();

function killing(nth: number, isDone: boolean) {
  let count = 0;
  return async (step: () => Promise<void>): Promise<void> => {
    count += 1;
    if (count > nth) throw new Killed();
    if (count < nth || isDone) await step();
    if (count === nth) throw new Killed();
  };
}

async function forget(world: World, run: string, steps = unharmed): Promise<void> {
  const deps = depsOf(world, run, steps);
  const watch = await startWatch(deps);
  try {
    const claim = await acquireClaim(watch, deps, () => {});
    const findings = await search(PERSON, await endsOf(world), watch, deps);
    await erase({ person: PERSON, hash: 'hash', reason: 'asked' }, findings, watch, claim, deps);
    await claim.release();
  } finally {
    await watch.close();
  }
}

async function endsOf({ broker }: World): Promise<ReadonlyMap<number, bigint>> {
  return new Map([...(await broker.ranges('naps'))].map(([partition, { high }]) => [partition, high]));
}

async function changesLeft(world: World): Promise<readonly (string | null)[]> {
  const deps = depsOf(world, 'look', unharmed);
  const watch = await startWatch(deps);
  const findings = await search(PERSON, await endsOf(world), watch, deps);
  await watch.close();
  return planErasure(findings, { table: 'NAPS', isKeyed: true }).steps.map(({ change }) => change);
}

const isTheirs = ({ key }: KafkaRecord): boolean => Buffer.from(key ?? '').toString() === PERSON;

/** Everything that letters of others are, in any order and however many copies there are. */
function lettersOfOthers({ broker }: World, topic: string): readonly string[] {
  const texts = broker.log
    .records(topic)
    .filter((record) => !isTheirs(record))
    .map((record) => {
      const { partition, timestamp, key, value, headers } = record;
      const bytes = [key, value, ...headers.map(([, each]) => each)].map((each) =>
        each === null ? null : Buffer.from(each).toString('hex'),
      );
      return JSON.stringify([headerReader(record)('dlt.id'), partition, String(timestamp), bytes]);
    });
  return [...new Set(texts)].sort();
}

test.each(SEEDS)(
  'an erasure killed at any point and started again takes one person and nobody else (seed %i)',
  async (seed) => {
    const random = seeded(seed);
    const world = await letThereBePeople(random);
    const before = await world.reconcile();
    const others = LETTER_TOPICS.map((topic) => lettersOfOthers(world, topic));
    const rowsOfOthers = [...world.rows.values()].filter((json) => !json.includes(`"${PERSON}"`));
    for (let time = 0; time < 3; time += 1) {
      const steps = killing(1 + Math.floor(random() * 9), random() < 0.5);
      await forget(world, `killed-${time}`, steps).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
    }
    await forget(world, 'last');

    expect((await changesLeft(world)).filter((change) => change !== null)).toEqual([]);
    for (const [index, topic] of LETTER_TOPICS.entries()) {
      expect(world.broker.log.records(topic).filter(isTheirs)).toEqual([]);
      expect(lettersOfOthers(world, topic)).toEqual(others[index]);
    }
    expect([...world.rows.values()].sort()).toEqual(rowsOfOthers.sort());
    const after = await world.reconcile();
    expect(isReconciled(after)).toBe(true);
    const taken = (of: 'rows' | 'deadLetters' | 'parked') => before[of] - after[of];
    expect(after.erased).toBe(taken('rows') + taken('deadLetters') + taken('parked'));
    expect(after.produced).toBe(before.produced);
    await world.member.stop();
  },
);

test('what the person sends while they are erased is not touched, and is found by the next plan', async () => {
  const world = await letThereBePeople(seeded(7));
  const more = napRecords(300, seeded(8)).filter(
    ({ key, value }) => value !== null && value.length > 8 && String(key) === PERSON,
  );
  const deps = depsOf(world, 'forget', unharmed);
  const watch = await startWatch(deps);
  const claim = await acquireClaim(watch, deps, () => {});
  const findings = await search(PERSON, await endsOf(world), watch, deps);
  await world.producer.send(more);
  await world.caughtUp();
  await erase({ person: PERSON, hash: 'hash', reason: 'asked' }, findings, watch, claim, deps);
  await watch.close();
  expect(isReconciled(await world.reconcile())).toBe(true);
  expect((await changesLeft(world)).filter((change) => change !== null)).not.toEqual([]);
  await world.member.stop();
});
