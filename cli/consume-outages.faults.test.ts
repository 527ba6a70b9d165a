import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { frame } from '#avro/frame.ts';
import { chance, openScene, type Scene, startMember } from '#cli/fault-scene.ts';
import { zonerIn } from '#cli/zoner-process.ts';
import { type Config, parseConfig } from '#core/config.ts';
import { KILLABLE, type KillableServices, startKillable } from '#stack/killable.ts';

/** Services that are killed under a consumer, each for longer than its session. */

const CRASHING = fileURLToPath(new URL('./crashing-consumer.ts', import.meta.url));
/** The sessions are of 6 seconds. */
const OUTAGE_MS = 9000;
const SNAPSHOT = 'remembered';
const folder = mkdtempSync(join(tmpdir(), 'zoner-outages-'));
let services: KillableServices;
let env: Readonly<Record<string, string | undefined>>;
let config: Config;
let scene: Scene;

beforeAll(async () => {
  services = await startKillable({ ...process.env }, new AbortController().signal);
  env = { ...process.env, ...services.env, SNOWFLAKE_DATABASE: 'OUTAGES', ZONER_SCHEMA_SNAPSHOT: folder };
  config = parseConfig(env);
  scene = await openScene(config, [...KILLABLE, SNAPSHOT]);
});
afterAll(async () => {
  await scene.close();
  await services.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function expectWhole(topic: string, produced: number): Promise<void> {
  const { stdout, stderr } = await zonerIn('.', env).check(topic, `OUTAGES.PUBLIC.${topic.toUpperCase()}`);
  expect(stderr).toBe('');
  const account = JSON.parse(stdout) as Record<string, number>;
  expect(account.produced).toBe(produced);
  expect(Number(account.rows) + Number(account.deadLetters) + Number(account.skipped)).toBe(produced);
}

test.each(KILLABLE)('a consumer outlives the death of the %s for longer than its session', async (name) => {
  const seed = randomInt(2 ** 31);
  process.stderr.write(`consume-outages: ${name} with seed ${seed}\n`);
  const random = chance(seed);
  const held = new Set<string>();
  const member = await startMember(config, name, { onHeld: ({ code }) => held.add(code) });
  await scene.send(name, 50, random);
  await member.caughtUp();
  await services.kill(name);
  // Records of an id that was not met before need the registry, and all of them the warehouse.
  const unmet = frame(888_888, Buffer.of(1));
  if (name !== 'kafka') await scene.sendValues(name, [unmet, scene.good(1), scene.good(2)]);
  await sleep(OUTAGE_MS);
  await services.revive(name);
  await scene.send(name, 50, random);
  await member.caughtUp();
  await member.stop();
  if (name === 'registry') expect([...held]).toEqual(['REGISTRY_UNAVAILABLE']);
  if (name === 'snowflake') expect([...held]).toEqual(['WAREHOUSE_UNAVAILABLE']);
  await expectWhole(name, name === 'kafka' ? 100 : 103);
});

test('a consumer that is started while the registry is dead reads what one before it has met', async () => {
  const before = await startMember(config, SNAPSHOT, { directory: '/' });
  await scene.sendValues(SNAPSHOT, [scene.good(1)]);
  await before.caughtUp();
  await before.stop();
  await services.kill('registry');
  try {
    await scene.sendValues(SNAPSHOT, [scene.good(2), scene.good(3)]);
    const child = spawn(process.execPath, [CRASHING, SNAPSHOT, 'never', '1'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (text) => {
      said += String(text);
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(said).toBe('caught up\n');
  } finally {
    await services.revive('registry');
  }
  await expectWhole(SNAPSHOT, 3);
});
