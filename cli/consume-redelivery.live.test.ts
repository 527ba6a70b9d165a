import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { judge } from '#cli/fault-judge.ts';
import { type MemberOptions, openScene, type Scene, startMember } from '#cli/fault-scene.ts';
import { chance, faultSeeds, inRounds } from '#cli/fault-seeds.ts';
import { parseConfig } from '#core/config.ts';
import { createKafka } from '#kafka/kafkajs-client.ts';
import { liveEnvironment } from '#stack/live-environment.ts';

/** What was written already, and comes again: because its offsets were lost, or because the warehouse's answer was. */

const DATABASE = `AGAIN_${randomBytes(3).toString('hex').toUpperCase()}`;
const env: Readonly<Record<string, string | undefined>> = {
  ...liveEnvironment(),
  SNOWFLAKE_DATABASE: DATABASE,
  ZONER_SCHEMA_SNAPSHOT: 'off',
};
const config = parseConfig(env);
const seeds = faultSeeds('consume-redelivery');
const AT_ONCE = 10;
const RECORDS = 60;

/** Counts the rows that a sink is given and finds in the table. */
function countingPresent() {
  const counted = { present: 0, held: new Set<string>() };
  const options: MemberOptions = {
    onHeld: ({ code }) => counted.held.add(code),
    change: (deps, sink) => ({
      deps,
      sink: {
        async write(records, signal) {
          const written = await sink.write(records, signal);
          counted.present += written.present;
          return written;
        },
      },
    }),
  };
  return { counted, options };
}

/** Opens the topics of a round, works on each, and has the checker judge. */
async function eachTopic(what: string, work: (scene: Scene, topic: string, seed: number) => Promise<void>) {
  await inRounds(`consume-redelivery, ${what}`, seeds, AT_ONCE, async (round) => {
    const topics = round.map((seed) => `${what}_${seed}`);
    const scene = await openScene(config, topics);
    await Promise.all(round.map((seed) => work(scene, `${what}_${seed}`, seed)));
    await scene.close();
    await judge(env, DATABASE, topics, RECORDS);
  });
}

/** What an operator does by mistake, and a broker that lost its newest commits. @returns how many records come again */
async function setBack(topic: string, random: () => number): Promise<number> {
  const admin = createKafka(config.kafka).admin();
  await admin.connect();
  const [held] = await admin.fetchOffsets({ groupId: topic, topics: [topic] });
  const partitions = (held?.partitions ?? []).map(({ partition, offset }) => {
    return { partition, offset: String(Math.floor(random() * Number(offset))) };
  });
  await admin.setOffsets({ groupId: topic, topic, partitions });
  await admin.disconnect();
  const all = (held?.partitions ?? []).reduce((sum, { offset }) => sum + Number(offset), 0);
  return partitions.reduce((left, { offset }) => left - Number(offset), all);
}

const LIMIT_MS = 60_000 + seeds.length * 15_000;

test.concurrent(
  'records that are delivered again, from any offset, are found in the table and add nothing',
  async () => {
    await eachTopic('again', async (scene, topic, seed) => {
      const random = chance(seed);
      await scene.send(topic, RECORDS, random);
      const first = await startMember(config, topic);
      await first.caughtUp();
      await first.stop();
      for (let time = 1; time <= 2; time += 1) {
        const again = await setBack(topic, random);
        const { counted, options } = countingPresent();
        const member = await startMember(config, topic, options);
        await member.caughtUp();
        await member.stop();
        expect(counted.present, `${topic}: ${again} records came again`).toBeGreaterThan(0);
        expect(counted.present).toBeLessThanOrEqual(again);
      }
    });
  },
  LIMIT_MS,
);

/** Three times the driver waits before it asks again, and is past the deadline of its statement. */
const DROPS = 3;
const DEADLINE_MS = 3000;

/** Has the next MERGE into the topic's table applied, and its connection dropped without an answer each time. */
async function dropAnswers(topic: string): Promise<void> {
  const matches = `"${topic.toUpperCase()}" AS t USING`;
  const body = JSON.stringify({ matches, action: { kind: 'drop' }, times: DROPS });
  const answer = await fetch(`${env.SNOWFLAKE_ACCESS_URL}/faults`, { method: 'POST', body });
  expect(await answer.json()).toMatchObject({ success: true });
}

test.concurrent(
  'a warehouse that applies and drops the connection is asked again, and nothing is doubled',
  async () => {
    await eachTopic('dropped', async (scene, topic, seed) => {
      const random = chance(seed);
      const before = Math.floor(random() * (RECORDS / 2));
      const { counted, options } = countingPresent();
      const member = await startMember(config, topic, { ...options, deadlineMs: DEADLINE_MS });
      await scene.send(topic, before, random);
      await member.caughtUp();
      await dropAnswers(topic);
      await scene.send(topic, RECORDS - before, random);
      await member.caughtUp();
      await member.stop();
      expect([...counted.held]).toEqual(['WAREHOUSE_UNAVAILABLE']);
      expect(counted.present).toBeGreaterThan(0);
    });
  },
  LIMIT_MS,
);
