import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { judge } from '#cli/fault-judge.ts';
import { openScene, type Scene, startMember } from '#cli/fault-scene.ts';
import { chance, faultSeeds, inRounds } from '#cli/fault-seeds.ts';
import { runToDeath } from '#cli/zoner-process.ts';
import { parseConfig } from '#core/config.ts';
import { liveEnvironment } from '#stack/live-environment.ts';

/**
 * Consumers that are killed at each point where something is done and the next thing is not, as real processes on the
 * real services. Each crash has a topic of its own, many at once, and a checker without a line of the product judges.
 */

const POINTS = ['before-sink', 'after-sink', 'after-letters', 'before-commit'];
const PROGRAM = fileURLToPath(new URL('./crashing-consumer.ts', import.meta.url));
const DATABASE = `CRASH_${randomBytes(3).toString('hex').toUpperCase()}`;
const env = { ...liveEnvironment(), SNOWFLAKE_DATABASE: DATABASE, ZONER_SCHEMA_SNAPSHOT: 'off' };
const config = parseConfig(env);
/** A process each, on a machine of two cores; most of a crash is waiting for the session of the dead to end. */
const AT_ONCE = 12;

const cases = faultSeeds('consume-crash').flatMap((seed) =>
  POINTS.map((point) => ({ seed, point, topic: `crash_${point.replace('-', '_')}_${seed}` })),
);
type Crash = (typeof cases)[number];

async function crashAndRecover(scene: Scene, { seed, point, topic }: Crash): Promise<void> {
  const random = chance(seed);
  // One letter for certain; of all else there are enough batches, whatever the seed.
  await scene.sendValues(topic, [Buffer.from('no frame')]);
  await scene.send(topic, 60, random);
  const count = point === 'after-letters' ? 1 : 1 + Math.floor(random() * 4);
  const death = await runToDeath(PROGRAM, [topic, point, String(count)], env);
  expect(death).toEqual({ said: `${point}\n`, signal: 'SIGKILL' });
  await scene.send(topic, 20, random);
  const member = await startMember(config, topic);
  await member.caughtUp();
  await member.stop();
}

test(
  'a consumer that is killed at any point loses nothing and doubles nothing',
  async () => {
    await inRounds('consume-crash', cases, AT_ONCE, async (round) => {
      const topics = round.map(({ topic }) => topic);
      const scene = await openScene(config, topics);
      await Promise.all(round.map((each) => crashAndRecover(scene, each)));
      await scene.close();
      await judge(env, DATABASE, topics, 81);
    });
  },
  60_000 + cases.length * 10_000,
);
