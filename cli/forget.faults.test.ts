import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ZonerProcesses, zonerIn } from '#cli/zoner-process.ts';
import { scan } from '#consumer/scan.ts';
import { createKafkajsConsumer } from '#kafka/kafkajs-consumer.ts';
import { createKafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { createKafkajsProducer } from '#kafka/kafkajs-producer.ts';
import { createKafkajsTopics } from '#kafka/kafkajs-topics.ts';
import { liveConfig, liveEnvironment } from '#stack/live-environment.ts';

/** Erasing a person with the real program on the real services. */

const ID = randomBytes(3).toString('hex');
const [TOPIC, TABLE, DATABASE] = [
  `erase_${ID}`,
  `ERASE_${ID.toUpperCase()}`,
  `ERASE_${ID.toUpperCase()}`,
] as const;
const [ADA, BOB] = [`ada-${ID}`, `bob-${ID}`];
const SESSION = ['--session-timeout', '6000'];

let folder = '';
let zoner: ZonerProcesses;

function meal(userId: string) {
  const at = '2026-03-02T11:30:00.000';
  return {
    ...{ eventId: randomUUID(), userId, timeZone: 'Europe/Berlin', source: 'PHONE' },
    ...{ occurredAt: `${at}Z`, occurredAtLocal: at },
    activity: { kind: 'Meal', mealType: 'LUNCH', energy: null, caffeine: 40 },
  };
}

function trip(userId: string) {
  const [leaves, lands] = ['2026-03-05T10:00:00.000', '2026-03-05T19:00:00.000'];
  return {
    ...{ tripId: randomUUID(), userId, plannedAt: `${leaves}Z`, status: 'PLANNED' },
    ...{ originTimeZone: 'Europe/Berlin', destinationTimeZone: 'America/New_York' },
    ...{ departsAt: `${leaves}Z`, departsAtLocal: leaves, arrivesAt: `${lands}Z`, arrivesAtLocal: lands },
  };
}

/** Six meals of each, and records of both that nobody can read: only their keys say whose they are. */
async function produceBoth(): Promise<void> {
  const values = Array.from({ length: 12 }, (_, index) => JSON.stringify(meal(index % 2 === 0 ? ADA : BOB)));
  writeFileSync(join(folder, 'values.ndjson'), `${values.join('\n')}\n`);
  await zoner.done('produce', 'user-activity', '--from', 'values.ndjson');
  const producer = createKafkajsProducer(liveConfig().kafka);
  await producer.send(
    [ADA, BOB, ADA, BOB].map((person) => ({
      ...{ topic: TOPIC, partition: 0, key: Buffer.from(person), value: Buffer.from('no frame') },
      ...{ headers: [], timestamp: null },
    })),
  );
  await producer.close();
  await zoner.done('consume', '--until-end', ...SESSION);
  await zoner.done('recommend', '--until-end', ...SESSION);
}

async function idsOfLetters(): Promise<readonly string[]> {
  const lines = (await zoner.done('dead-letters', 'export', 'user-activity')).trim().split('\n');
  return lines.filter(Boolean).map((line) => (JSON.parse(line) as { id: string }).id);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-forget-'));
  for (const [name, topic, table] of [
    ['user-activity', TOPIC, TABLE],
    ['trip-plan', `${TOPIC}_trips`, `${TABLE}_TRIPS`],
  ] as const) {
    cpSync(`schemas/${name}`, join(folder, 'schemas', name), { recursive: true });
    const file = join(folder, 'schemas', name, 'contract.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), topic, table }));
  }
  const key = randomBytes(32).toString('hex');
  zoner = zonerIn(folder, { ...liveEnvironment(), SNOWFLAKE_DATABASE: DATABASE, ZONER_ERASURE_KEY: key });
  await zoner.done('apply');
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const steps = (stdout: string) => {
  const { 'user-activity': erasure } = JSON.parse(stdout) as Record<
    string,
    { steps: { object: string; found: number; change: string | null }[] }
  >;
  return erasure?.steps ?? [];
};

test('a person is gone from letters, table and Redis, nobody else is, and a second plan has nothing to do', async () => {
  await produceBoth();
  const [first = '', second = ''] = await idsOfLetters();
  await zoner.done('dead-letters', 'park', first, second, '--reason', 'looked at');
  const plan = await zoner.run('forget', ADA, '--plan', '--format', 'json');
  expect(plan).toMatchObject({ code: 2 });
  expect(steps(plan.stdout).map(({ object, found }) => [object, found])).toEqual([
    [TOPIC, 8],
    [`${TOPIC}-dlt`, 2],
    [`${TOPIC}-dlt-parked`, 1],
    [TABLE, 6],
    ['Redis', 1],
  ]);

  const applied = await zoner.run('forget', ADA, '--apply', '--reason', 'ticket 7');
  expect(applied, applied.stderr).toMatchObject({ code: 0 });
  expect(applied.stdout).toContain('records 8, letters 2, rows 6');
  expect(applied.stdout).not.toContain(ADA);
  const again = await zoner.run('forget', ADA, '--plan', '--format', 'json');
  expect(again).toMatchObject({ code: 0 });
  expect(steps(again.stdout)).toMatchObject([{ object: TOPIC, found: 8, change: null }]);

  const books = JSON.parse(await zoner.done('reconcile', 'user-activity', '--format', 'json')) as object;
  expect(books).toMatchObject({
    'user-activity': { produced: 16, rows: 6, erased: 8, deadLetters: 1, parked: 1, gaps: [], returned: [] },
  });
  const independent = await zoner.check(TOPIC, `${DATABASE}.PUBLIC.${TABLE}`);
  expect(independent, independent.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(independent.stdout)).toMatchObject({ rows: 6, erased: 8, findings: 0 });
  expect(await idsOfLetters()).toHaveLength(1);
}, 180_000);

test('a rebuild from the topics does not bring the person back, and the journal does not name them', async () => {
  await zoner.done('recommend', '--rebuild', ...SESSION);
  const users = JSON.parse(await zoner.done('recommend', '--format', 'json')) as string[];
  expect(users).toContain(BOB);
  expect(users).not.toContain(ADA);
  const offsets = createKafkajsOffsets(liveConfig().kafka);
  const texts: string[] = [];
  const transport = createKafkajsConsumer(liveConfig().kafka);
  const { signal } = new AbortController();
  for (const name of [`${TOPIC}-dlt-status`, `${TOPIC}-dlt`, `${TOPIC}-dlt-parked`])
    await scan(name, { transport, offsets, signal }, ({ key, value }) =>
      texts.push(`${Buffer.from(key ?? '')} ${Buffer.from(value ?? '')}`),
    );
  await offsets.close();
  expect(texts.join('\n')).toContain('ticket 7');
  expect(texts.join('\n')).not.toContain(ADA);
}, 120_000);

test('an erasure that is killed on its way is brought to its end by the next one', async () => {
  await produceBoth();
  const seed = randomInt(1_000_000);
  process.stderr.write(`forget: seed ${seed}\n`);
  for (let time = 0; time < 3; time += 1) {
    const { child, ended } = zoner.start('forget', ADA, '--apply', '--reason', 'ticket 8');
    await sleep(1500 + ((seed * (time + 1)) % 4000));
    child.kill('SIGKILL');
    await ended;
  }
  const last = await zoner.run('forget', ADA, '--apply', '--reason', 'ticket 8');
  expect(last, last.stderr).toMatchObject({ code: 0 });
  expect(await zoner.run('forget', ADA, '--plan')).toMatchObject({ code: 0 });
  await zoner.done('reconcile', 'user-activity');
  const independent = await zoner.check(TOPIC, `${DATABASE}.PUBLIC.${TABLE}`);
  expect(independent, independent.stderr).toMatchObject({ code: 0 });
}, 240_000);

test('on a compacted topic a tombstone takes the bytes, and only those of the person', async () => {
  const name = `${TOPIC}_trips`;
  const settings = new Map([
    ['cleanup.policy', 'compact'],
    ['min.cleanable.dirty.ratio', '0.01'],
    ['segment.ms', '500'],
    ['delete.retention.ms', '60000'],
  ]);
  const { kafka } = liveConfig();
  const change = { kind: 'alter-settings', topic: name, settings, description: 'compact' } as const;
  await createKafkajsTopics(kafka).make(change);
  const trips = [ADA, BOB, ADA].map((userId) => JSON.stringify(trip(userId)));
  writeFileSync(join(folder, 'trips.ndjson'), `${trips.join('\n')}\n`);
  await zoner.done('produce', 'trip-plan', '--from', 'trips.ndjson');
  await zoner.done('consume', '--until-end', ...SESSION);
  await zoner.done('recommend', '--until-end', ...SESSION);

  const plan = await zoner.run('forget', ADA, '--contract', 'trip-plan', '--plan', '--format', 'json');
  expect(plan, plan.stderr).toMatchObject({ code: 2 });
  expect(plan.stdout).toContain('and send a tombstone of the key');
  const applied = await zoner.run(
    'forget',
    ADA,
    '--contract',
    'trip-plan',
    '--apply',
    '--reason',
    'ticket 9',
  );
  expect(applied, applied.stderr).toMatchObject({ code: 0 });
  expect(await zoner.run('forget', ADA, '--contract', 'trip-plan', '--plan')).toMatchObject({ code: 0 });

  // The cleaner leaves the segment alone that is written to, so others write.
  const valuesOf = async (): Promise<readonly string[]> => {
    await zoner.done('produce', 'trip-plan', '--from', 'bobs.ndjson');
    const keys: string[] = [];
    const offsets = createKafkajsOffsets(kafka);
    const transport = createKafkajsConsumer(kafka);
    await scan(name, { transport, offsets, signal: AbortSignal.timeout(60_000) }, ({ key, value }) => {
      if (value !== null) keys.push(String(Buffer.from(key ?? '')));
    });
    await offsets.close();
    return keys;
  };
  const others = [BOB, ...Array.from({ length: 30 }, (_, index) => `eve-${index}`)];
  writeFileSync(
    join(folder, 'bobs.ndjson'),
    `${others.map((each) => JSON.stringify(trip(each))).join('\n')}\n`,
  );
  const until = Date.now() + 120_000;
  let keys = await valuesOf();
  while (keys.includes(ADA) && Date.now() < until) {
    await sleep(3000);
    keys = await valuesOf();
  }
  expect(keys).not.toContain(ADA);
  expect(keys).toContain(BOB);
}, 300_000);
