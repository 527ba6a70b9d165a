import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chance, openScene, type Scene, startMember } from '#cli/fault-scene.ts';
import { zonerIn } from '#cli/zoner-process.ts';
import { parseConfig } from '#core/config.ts';
import { liveEnvironment } from '#stack/live-environment.ts';

/**
 * Consumers that are killed at each point where something is done and the next thing is not, as real processes on the
 * real services. Each crash has a topic of its own, all at once, and a checker without a line of the product judges.
 */

const POINTS = ['before-sink', 'after-sink', 'after-letters', 'before-commit'];
const SEEDS = Array.from({ length: Number(process.env.ZONER_SEEDS ?? 3) }, () => randomInt(2 ** 31));
const PROGRAM = fileURLToPath(new URL('./crashing-consumer.ts', import.meta.url));
const DATABASE = `CRASH_${randomBytes(3).toString('hex').toUpperCase()}`;
const env = { ...liveEnvironment(), SNOWFLAKE_DATABASE: DATABASE, ZONER_SCHEMA_SNAPSHOT: 'off' };
const config = parseConfig(env);
/** So many at once, on a machine of two cores. */
const AT_ONCE = 4;

const cases = SEEDS.flatMap((seed) =>
  POINTS.map((point) => ({ seed, point, topic: `crash_${point.replace('-', '_')}_${seed}` })),
);
let scene: Scene;

beforeAll(async () => {
  process.stderr.write(`consume-crash: seeds ${SEEDS.join(', ')}\n`);
  scene = await openScene(
    config,
    cases.map(({ topic }) => topic),
  );
});
afterAll(() => scene.close());

/** @returns what it said, and the signal that ended it */
function crash(
  topic: string,
  point: string,
  count: number,
): Promise<{ said: string; signal: string | null }> {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, topic, point, String(count)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout?.on('data', (text) => {
    said += String(text);
  });
  return new Promise((resolve) => child.once('close', (_, signal) => resolve({ said, signal })));
}

async function crashAndRecover({ seed, point, topic }: (typeof cases)[number]): Promise<void> {
  const random = chance(seed);
  // One letter for certain; of all else there are enough batches, whatever the seed.
  await scene.sendValues(topic, [Buffer.from('no frame')]);
  await scene.send(topic, 60, random);
  const count = point === 'after-letters' ? 1 : 1 + Math.floor(random() * 4);
  expect(await crash(topic, point, count)).toEqual({ said: `${point}\n`, signal: 'SIGKILL' });
  await scene.send(topic, 20, random);
  const member = await startMember(config, topic);
  await member.caughtUp();
  await member.stop();
}

test('a consumer that is killed at any point loses nothing and doubles nothing', async () => {
  for (let at = 0; at < cases.length; at += AT_ONCE)
    await Promise.all(cases.slice(at, at + AT_ONCE).map(crashAndRecover));
  const pairs = cases.flatMap(({ topic }) => [topic, `${DATABASE}.PUBLIC.${topic.toUpperCase()}`]);
  const { code, stdout, stderr } = await zonerIn('.', env).check(...pairs);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.trim().split('\n')) {
    const { produced, rows, deadLetters, skipped } = JSON.parse(line) as Record<string, number>;
    expect(produced).toBe(81);
    expect(Number(rows) + Number(deadLetters) + Number(skipped)).toBe(produced);
  }
}, 600_000);
