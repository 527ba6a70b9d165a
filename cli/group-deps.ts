import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumptionOptions } from '#cli/consumption.ts';
import type { Progress } from '#cli/progress.ts';
import type { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import { APP_VERSION } from '#cli/version.ts';
import type { ConsumeDeps } from '#consumer/deps.ts';
import { findKillers } from '#consumer/find-killers.ts';
import { BREAKER_DEFAULTS, createFloodBreaker } from '#consumer/flood-breaker.ts';
import type { Health } from '#consumer/health.ts';
import { createHold, type Hold } from '#consumer/hold.ts';
import type { TopicOffsets } from '#consumer/ports.ts';
import type { Tally } from '#consumer/tally.ts';
import { createUnknownWindow, WINDOW_DEFAULTS } from '#consumer/unknown-window.ts';
import type { Config } from '#core/config.ts';
import { createLog, type Log } from '#core/log.ts';

/** What a running group tells, and to whom. */
interface Around {
  readonly resources: Resources;
  readonly offsets: TopicOffsets;
  readonly health: Health;
  readonly progress: Progress;
  readonly shell: Shell;
  readonly fatal: Pick<PromiseWithResolvers<never>, 'reject'>;
  readonly counts: Tally;
  /** Puts a measure around the registry's client. */
  measureRegistry<T extends object>(client: T): T;
}

const SHORT_WINDOW_MS = 2000;

const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal });

/** A consumer group's outside world on the real services, with its holds told to people and probes. */
export async function groupDeps(
  config: Config,
  options: ConsumptionOptions,
  around: Around,
): Promise<ConsumeDeps> {
  const { createKafkajsConsumer } = await import('#kafka/kafkajs-consumer.ts');
  const { createKafkajsProducer } = await import('#kafka/kafkajs-producer.ts');
  const { createRegistryClient } = await import('#registry/client.ts');
  const { createSchemaStore } = await import('#registry/schema-store.ts');
  const { resources, offsets, health, fatal, counts } = around;
  const log = createLog(config.logLevel);
  // Somebody waits for a run to the end; what it refuses can be replayed.
  const windowMs = options.unknownWaitMs ?? (options.untilEnd ? SHORT_WINDOW_MS : WINDOW_DEFAULTS.windowMs);
  const places = new Map<AbortSignal, string>();
  return {
    group: options.group,
    transport: createKafkajsConsumer(config.kafka, { sessionTimeoutMs: options.sessionTimeoutMs }),
    offsets,
    writers: createSchemaStore(around.measureRegistry(createRegistryClient(config.registry))),
    unknownIds: createUnknownWindow({ ...WINDOW_DEFAULTS, windowMs, now: () => performance.now(), pause }),
    breaker: createFloodBreaker({ ...BREAKER_DEFAULTS, accepted: new Set(options.accept ?? []) }),
    deadLetters: options.keepsLetters ? resources.use(createKafkajsProducer(config.kafka)) : null,
    hold: holdFor(options.group, places, log, around),
    findKillers,
    clusterId: await offsets.clusterId(),
    appVersion: APP_VERSION,
    now: () => BigInt(Date.now()),
    onBegin({ topic, partition, signal }) {
      places.set(signal, `${topic}/${partition}`);
      health.begun(signal);
    },
    onEnd({ signal }) {
      places.delete(signal);
      health.ended(signal);
    },
    onPaused(topic, why) {
      health.held(topic, topic, why, 1);
      log.error({ code: why.code, topic, remedy: why.remedy }, why.message);
      // A run to the end would wait for ever; one that follows goes on with the other topics.
      if (options.untilEnd) fatal.reject(why);
    },
    onBatch(contract, outcome, written) {
      counts.add(contract, outcome, written);
      options.onBatch?.(contract, outcome);
    },
    onFatal: fatal.reject,
  };
}

function holdFor(
  group: string,
  places: ReadonlyMap<AbortSignal, string>,
  log: Log,
  { health, progress, shell }: Around,
): Hold {
  return createHold({
    firstDelayMs: 200,
    longestDelayMs: 30_000,
    random: Math.random,
    pause,
    stopping: shell.signal,
    onHeld(error, attempt, signal) {
      const { code, message, remedy, retryable } = error;
      const place = places.get(signal) ?? group;
      health.held(signal, place, error, attempt);
      progress.update(`${place} is held: ${message} (attempt ${attempt})`);
      const facts = { code, attempt, remedy, place };
      if (retryable) log.warn(facts, `held: ${message}`);
      else log.error(facts, `held until somebody puts it right: ${message}`);
    },
    onReleased: (signal) => health.released(signal),
  });
}
