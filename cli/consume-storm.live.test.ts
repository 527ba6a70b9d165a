import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { judge } from '#cli/fault-judge.ts';
import { openScene, type Scene, startMember } from '#cli/fault-scene.ts';
import { chance, faultSeeds, inRounds } from '#cli/fault-seeds.ts';
import { parseConfig } from '#core/config.ts';
import { createKafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { liveEnvironment } from '#stack/live-environment.ts';

/** Groups of three whose members come and go without a pause, while records and partitions come to be. */

const DATABASE = `STORM_${randomBytes(3).toString('hex').toUpperCase()}`;
const env = { ...liveEnvironment(), SNOWFLAKE_DATABASE: DATABASE, ZONER_SCHEMA_SNAPSHOT: 'off' };
const config = parseConfig(env);
const seeds = faultSeeds('consume-storm');
/** Groups of three at once. */
const AT_ONCE = 5;
const CHANGES = 6;
const RECORDS = 60;

/** Sends, and lets one member go and another come, again and again; half-way the topic gets two partitions more. */
async function storm(scene: Scene, topic: string, seed: number): Promise<void> {
  const random = chance(seed);
  const members = await Promise.all([1, 2, 3].map(() => startMember(config, topic)));
  for (let change = 1; change <= CHANGES; change += 1) {
    await scene.send(topic, RECORDS, random, change > CHANGES / 2 ? 4 : 2);
    if (change === CHANGES / 2) await scene.grow(topic, 4);
    const [leaving] = members.splice(Math.floor(random() * members.length), 1);
    const gone = leaving?.stop();
    if (random() < 0.5) await gone;
    members.push(await startMember(config, topic));
    await gone;
  }
  await members[0]?.caughtUp();
  await Promise.all(members.map((member) => member.stop()));
}

test(
  'three members that come and go, while partitions come to be, lose nothing and double nothing',
  async () => {
    const offsets = createKafkajsOffsets(config.kafka);
    await inRounds('consume-storm', seeds, AT_ONCE, async (round) => {
      const topics = round.map((seed) => `storm_${seed}`);
      const scene = await openScene(config, topics);
      await Promise.all(round.map((seed) => storm(scene, `storm_${seed}`, seed)));
      await scene.close();
      for (const topic of topics) {
        const committed = await offsets.committed(topic, topic);
        const read = [...committed].filter(([, next]) => next > 0n).map(([partition]) => partition);
        expect(read.sort(), topic).toEqual([0, 1, 2, 3]);
      }
      await judge(env, DATABASE, topics, CHANGES * RECORDS);
    });
    await offsets.close();
  },
  60_000 + seeds.length * 15_000,
);
