import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumeDeps } from '#consumer/deps.ts';
import type { Health } from '#consumer/health.ts';
import type { TopicOffsets } from '#consumer/ports.ts';
import { watchStalls } from '#consumer/stall-watch.ts';

const EVERY_MS = 30_000;

/** The same group, whose health hears of partitions that a client has stopped to fetch, until the signal aborts. */
export function withStallAlarm(
  deps: ConsumeDeps,
  topics: readonly string[],
  offsets: TopicOffsets,
  health: Health,
  signal: AbortSignal,
): ConsumeDeps {
  const watch = watchStalls(deps, topics, offsets);
  const run = async (): Promise<void> => {
    for (;;) {
      await sleep(EVERY_MS, undefined, { signal, ref: false });
      // A broker that does not answer says nothing of who stands still.
      health.idle(await watch.look().catch(() => []));
    }
  };
  run().catch(() => {});
  return watch.deps;
}
