import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumers } from '#bench/soak/consumers.ts';
import { refuseDefects, V2, VALUES, type World } from '#bench/soak/world.ts';

/** People of version 1 without end, a few records of whom are broken. A send that fails may have been written. */
export async function produceForEver(world: World, ended: AbortSignal): Promise<void> {
  for (let round = 0; !ended.aborted; round += 1) {
    const seed = `${Math.floor(world.random() * 2 ** 31)}/${round}`;
    const args = [
      'produce',
      '--users',
      '10',
      '--days',
      '2',
      '--faults',
      '0.05',
      '--seed',
      seed,
      '--schemas',
      'schemas',
    ];
    const end = await world.zoner.run(...args);
    refuseDefects(args, end);
    world.count(end.code === 0 ? 'produced' : 'produce refused');
    await sleep(500 + world.random() * 1500, undefined, { signal: ended }).catch(() => undefined);
  }
}

/** A producer moves ahead of its consumers; some time later they follow, table first. */
export async function evolve(world: World, consumers: Consumers, ended: AbortSignal): Promise<void> {
  await world.insist('registry', 'apply', '--schemas', V2);
  world.log('version 2 is registered');
  for (let round = 0; round < 4 && !ended.aborted; round += 1) {
    await world.insist('produce', 'user-activity', '--from', VALUES, '--schemas', V2);
    await sleep(2000, undefined, { signal: ended }).catch(() => undefined);
  }
  await world.insist('snowflake', 'apply', '--schemas', V2);
  world.version = V2;
  consumers.restart();
  world.count('evolution');
  world.log('table and consumers follow to version 2');
  while (!ended.aborted) {
    await world.insist('produce', 'user-activity', '--from', VALUES, '--schemas', V2);
    await sleep(5000, undefined, { signal: ended }).catch(() => undefined);
  }
}
