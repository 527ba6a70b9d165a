import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { frame } from '#avro/frame.ts';
import { judge } from '#cli/fault-judge.ts';
import { type Member, openScene, type Scene, startMember } from '#cli/fault-scene.ts';
import { chance, faultSeeds, inRounds } from '#cli/fault-seeds.ts';
import { runToDeath } from '#cli/zoner-process.ts';
import { type Config, parseConfig } from '#core/config.ts';
import { type KillableName, type KillableServices, startKillable } from '#stack/killable.ts';

/** Services that are killed under several consumers at once, each for longer than their sessions. */

const CRASHING = fileURLToPath(new URL('./crashing-consumer.ts', import.meta.url));
/** The sessions are of 6 seconds. */
const OUTAGE_MS = 7000;
/** Consumers under one kill. */
const AT_ONCE = 10;
const folder = mkdtempSync(join(tmpdir(), 'zoner-outages-'));
const seeds = faultSeeds('consume-outages');
let services: KillableServices;
let env: Readonly<Record<string, string | undefined>>;
let config: Config;

beforeAll(async () => {
  services = await startKillable({ ...process.env }, new AbortController().signal);
  env = { ...process.env, ...services.env, SNOWFLAKE_DATABASE: 'OUTAGES', ZONER_SCHEMA_SNAPSHOT: folder };
  config = parseConfig(env);
});
afterAll(async () => {
  await services.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A consumer that has caught up, and what is going to be taken from it. */
interface Victim {
  readonly topic: string;
  readonly service: KillableName;
  readonly random: () => number;
  readonly member: Member;
  readonly held: Set<string>;
}

async function startVictim(scene: Scene, service: KillableName, seed: number): Promise<Victim> {
  const topic = topicOf(service, seed);
  const random = chance(seed);
  const held = new Set<string>();
  const member = await startMember(config, topic, { onHeld: ({ code }) => held.add(code) });
  await scene.send(topic, 50, random);
  await member.caughtUp();
  return { topic, service, random, member, held };
}

const topicOf = (service: KillableName, seed: number): string => `${service}_${seed}`;

/** Kills the services under all of these consumers, lets them come back, and has the consumers read on. */
async function outlive(names: readonly KillableName[], scene: Scene, victims: readonly Victim[]) {
  await Promise.all(names.map((name) => services.kill(name)));
  // Records of an id that was not met before need the registry, and good ones of a known id the warehouse alone.
  const good = [scene.good(1), scene.good(2), scene.good(3)];
  for (const { topic, service } of victims) {
    if (service === 'registry')
      await scene.sendValues(topic, [frame(888_888, Buffer.of(1)), ...good.slice(1)]);
    if (service === 'snowflake') await scene.sendValues(topic, good);
  }
  await sleep(OUTAGE_MS);
  for (const name of names.toReversed()) await services.revive(name);
  await Promise.all(
    victims.map(async ({ topic, random, member }) => {
      await scene.send(topic, 50, random);
      await member.caughtUp();
      await member.stop();
    }),
  );
}

test.each<readonly [string, readonly KillableName[], readonly string[]]>([
  ['broker', ['kafka'], []],
  [
    'registry and of the warehouse',
    ['registry', 'snowflake'],
    ['REGISTRY_UNAVAILABLE', 'WAREHOUSE_UNAVAILABLE'],
  ],
])(
  'consumers outlive the death of the %s for longer than their sessions',
  async (_, names, holds) => {
    const test = `consume-outages of ${names.join(' and ')}`;
    await inRounds(test, seeds, AT_ONCE, async (round) => {
      const topicsOf = (name: KillableName): readonly string[] => round.map((seed) => topicOf(name, seed));
      const scene = await openScene(config, names.flatMap(topicsOf));
      const victims = await Promise.all(
        names.flatMap((name) => round.map((seed) => startVictim(scene, name, seed))),
      );
      await outlive(names, scene, victims);
      await scene.close();
      for (const { service, held } of victims) {
        // While the broker is dead nothing is delivered that could be held.
        if (service !== 'kafka') expect([...held]).toContain(holds[names.indexOf(service)]);
      }
      for (const name of names) await judge(env, 'OUTAGES', topicsOf(name), name === 'kafka' ? 100 : 103);
    });
  },
  120_000 + seeds.length * 10_000,
);

test('a consumer that is started while the registry is dead reads what one before it has met', async () => {
  const topic = 'remembered';
  const scene = await openScene(config, [topic]);
  const before = await startMember(config, topic, { directory: '/' });
  await scene.sendValues(topic, [scene.good(1)]);
  await before.caughtUp();
  await before.stop();
  await services.kill('registry');
  await scene.sendValues(topic, [scene.good(2), scene.good(3)]);
  const { said } = await runToDeath(CRASHING, [topic, 'never', '1'], env);
  expect(said).toBe('caught up\n');
  await scene.close();
  await judge(env, 'OUTAGES', [topic], 3);
});
