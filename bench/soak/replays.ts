import { setTimeout as sleep } from 'node:timers/promises';
import { refuseDefects, type World } from '#bench/soak/world.ts';

/** The letters of the new kind, which pass once the consumers have followed. */
export const REPLAY = [
  'dead-letters',
  'replay',
  '--cause',
  'WRITER_INCOMPATIBLE',
  '--rate',
  '200',
  '--canary',
  '5',
];

/** Replays without end, with whatever contracts are current; every third is killed on its way. */
export async function replayForEver(world: World, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    await sleep(2000 + world.random() * 3000, undefined, { signal: ended }).catch(() => undefined);
    if (ended.aborted) return;
    const args = [...REPLAY, '--wait', '15', '--schemas', world.version];
    const { child, ended: end } = world.zoner.start(...args);
    const isKilled = world.random() < 0.33;
    const killer = isKilled ? setTimeout(() => child.kill('SIGKILL'), 800 + world.random() * 2500) : null;
    const { code, ...said } = await end;
    if (killer !== null) clearTimeout(killer);
    refuseDefects(args, { code, ...said });
    world.count(code === -1 ? 'replay killed' : `replay ended with ${code}`);
  }
}
