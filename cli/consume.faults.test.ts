import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, judge } from '#cli/fault-judge.ts';
import { KILLER, NAP, openScene, type Scene } from '#cli/fault-scene.ts';
import { WAREHOUSE_GROUP } from '#cli/groups.ts';
import { type Death, runToDeath, type ZonerProcesses, zonerIn } from '#cli/zoner-process.ts';
import { parseConfig } from '#core/config.ts';
import { createKafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { liveEnvironment } from '#stack/live-environment.ts';

/** What stops, floods and kills do to the real program on the real services. */

const ID = randomBytes(3).toString('hex');
const topicOf = (what: string): string => `${what}_${ID}`;
const [DEADLY, FLOODED, STOPPED] = ['deadly', 'flooded', 'stopped'].map(topicOf) as [string, string, string];
const DATABASE = `FAULTS_${ID.toUpperCase()}`;
const env: Readonly<Record<string, string | undefined>> = {
  ...liveEnvironment(),
  SNOWFLAKE_DATABASE: DATABASE,
  ZONER_SCHEMA_SNAPSHOT: 'off',
};
const config = parseConfig(env);
const CRASHING = fileURLToPath(new URL('./crashing-consumer.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'zoner-faults-'));
const offsets = createKafkajsOffsets(config.kafka);
let scene: Scene;

beforeAll(async () => {
  scene = await openScene(config, [DEADLY, FLOODED, STOPPED]);
});
afterAll(async () => {
  await scene.close();
  await offsets.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The real program, beside the contract of one topic. */
function programOf(topic: string): ZonerProcesses {
  const directory = join(folder, topic);
  mkdirSync(join(directory, 'schemas', topic), { recursive: true });
  writeFileSync(join(directory, 'schemas', topic, `${topic}.avsc`), NAP);
  const contract = {
    topic,
    key: 'user',
    compatibility: 'BACKWARD',
    table: topic.toUpperCase(),
    partitions: 2,
  };
  writeFileSync(join(directory, 'schemas', topic, 'contract.json'), JSON.stringify(contract));
  return zonerIn(directory, env);
}

const accountOf = async (topic: string, produced: number): Promise<Account | undefined> =>
  (await judge(env, DATABASE, [topic], produced))[0];

const committed = async (topic: string): Promise<bigint> =>
  [...(await offsets.committed(WAREHOUSE_GROUP, topic)).values()].reduce((sum, each) => sum + each, 0n);

async function until(happened: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await happened())) {
    if (performance.now() > deadline) throw new Error('it does not happen');
    await sleep(50);
  }
}

test('a record that ends three processes is the one dead letter of its batch; the fourth goes on', async () => {
  const good = (count: number) => Array.from({ length: count }, (_, at) => scene.good(at));
  await scene.sendValues(DEADLY, [...good(4), Buffer.from(KILLER), ...good(5)]);
  const run = (): Promise<Death> => runToDeath(CRASHING, [DEADLY, 'never', '1'], env);
  for (let death = 1; death <= 3; death += 1)
    expect(await run()).toEqual({ said: 'a deadly record\n', signal: 'SIGKILL' });
  expect(await run()).toEqual({ said: 'caught up\n', signal: null });
  expect(await accountOf(DEADLY, 10)).toEqual({
    produced: 10,
    rows: 9,
    deadLetters: 1,
    skipped: 0,
    findings: 0,
  });
});

test('a flood of refusals commits nothing, also after a restart, until a person accepts its code', async () => {
  const zoner = programOf(FLOODED);
  await scene.sendValues(
    FLOODED,
    Array.from({ length: 240 }, (_, at) => Buffer.from(`no frame ${at}`)),
  );
  for (let start = 1; start <= 2; start += 1) {
    const { code, stderr } = await zoner.run('consume', '--until-end', '--session-timeout', '6000');
    expect(stderr).toContain('zoner consume --accept NO_FRAME');
    expect(code).not.toBe(0);
    expect(await committed(FLOODED)).toBe(0n);
  }
  await zoner.done('consume', '--until-end', '--accept', 'NO_FRAME', '--session-timeout', '6000');
  expect(await accountOf(FLOODED, 240)).toMatchObject({ deadLetters: 240 });
});

/** Makes the next MERGE into the table of the topic wait. */
async function slowDown(topic: string, ms: number): Promise<void> {
  const fault = { matches: `"${topic.toUpperCase()}" AS t USING`, action: { kind: 'hold', ms }, times: 1 };
  const url = `${env.SNOWFLAKE_ACCESS_URL}/faults`;
  await fetch(url, { method: 'POST', body: JSON.stringify(fault) });
}

test('a stopped consumer finishes and commits what it began; a second signal ends it at once', async () => {
  const zoner = programOf(STOPPED);
  const options = ['consume', '--session-timeout', '6000'];
  await slowDown(STOPPED, 4000);
  await scene.sendValues(STOPPED, [scene.good(1), scene.good(2)]);
  const first = zoner.start(...options);
  // The mark of the beginning stands before the MERGE that waits.
  await until(async () => (await offsets.commitMetadata(WAREHOUSE_GROUP, STOPPED)).size > 0);
  first.child.kill('SIGTERM');
  expect((await first.ended).code).toBe(0);
  const before = await committed(STOPPED);
  expect(before).toBeGreaterThan(0n);

  await zoner.done('consume', '--until-end', '--session-timeout', '6000');
  await slowDown(STOPPED, 60_000);
  await scene.sendValues(STOPPED, [scene.good(3)]);
  const second = zoner.start(...options);
  await until(async () => (await offsets.commitMetadata(WAREHOUSE_GROUP, STOPPED)).size > 0);
  second.child.kill('SIGTERM');
  // Signals within a second are one: from the terminal, from npm.
  await sleep(1500);
  expect(second.child.exitCode).toBe(null);
  second.child.kill('SIGTERM');
  const { code } = await second.ended;
  expect(code).toBe(130);
  expect(await committed(STOPPED)).toBe(2n);
});
