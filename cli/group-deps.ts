import type { ConsumptionOptions } from '#cli/consumption.ts';
import type { Progress } from '#cli/progress.ts';
import type { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import { type GroupEvents, type RegistryMeasure, wireGroup } from '#client/wire-group.ts';
import type { ConsumeDeps } from '#consumer/deps.ts';
import type { Health } from '#consumer/health.ts';
import type { TopicOffsets } from '#consumer/ports.ts';
import type { Tally } from '#consumer/tally.ts';
import type { Config } from '#core/config.ts';
import { createLog } from '#core/log.ts';
import { APP_VERSION } from '#core/version.ts';

/** What a running group tells, and to whom. */
interface Around {
  readonly resources: Resources;
  readonly offsets: TopicOffsets;
  readonly health: Health;
  readonly progress: Progress;
  readonly shell: Shell;
  readonly fatal: Pick<PromiseWithResolvers<never>, 'reject'>;
  readonly counts: Tally;
  /** Null: nobody measures. */
  readonly registryMeasure: RegistryMeasure | null;
}

/** Somebody waits for a run to the end; what it refuses can be replayed. */
const SHORT_WINDOW_MS = 2000;

/** A consumer group's outside world on the real services, with its holds told to people and probes. */
export async function groupDeps(
  config: Config,
  options: ConsumptionOptions,
  around: Around,
): Promise<ConsumeDeps> {
  const { resources, offsets, health, progress, shell, fatal, counts } = around;
  const { untilEnd, unknownWaitMs = untilEnd ? SHORT_WINDOW_MS : undefined } = options;
  const group = {
    ...options,
    appVersion: APP_VERSION,
    directory: shell.directory,
    stopping: shell.signal,
    ...(around.registryMeasure === null ? {} : { registryMeasure: around.registryMeasure }),
    ...(unknownWaitMs === undefined ? {} : { unknownWaitMs }),
  };
  const events = {
    onBegin: (key) => health.begun(key),
    onEnd: (key) => health.ended(key),
    onHeld(error, attempt, place, key) {
      health.held(key, place, error, attempt);
      progress.update(`${place} is held: ${error.message} (attempt ${attempt})`);
    },
    onReleased: (key) => health.released(key),
    onPaused(topic, why) {
      health.held(topic, topic, why, 1);
      // A run to the end would wait for ever; one that follows goes on with the other topics.
      if (untilEnd) fatal.reject(why);
    },
    onBatch(contract, outcome, written) {
      counts.add(contract, outcome, written);
      options.onBatch?.(contract, outcome);
    },
    onFatal: fatal.reject,
  } satisfies GroupEvents;
  return wireGroup(config, group, offsets, events, { keeper: resources, log: createLog(config.logLevel) });
}
