import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumeDeps } from '#consumer/deps.ts';
import { findKillers } from '#consumer/find-killers.ts';
import { BREAKER_DEFAULTS, createFloodBreaker } from '#consumer/flood-breaker.ts';
import { createHold } from '#consumer/hold.ts';
import type { RefusalCode } from '#consumer/outcome.ts';
import type { TopicOffsets } from '#consumer/ports.ts';
import { createUnknownWindow, WINDOW_DEFAULTS } from '#consumer/unknown-window.ts';
import type { Config } from '#core/config.ts';
import { messageOf, throwIfLockedOut, ZonerError } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import type { LookupResult } from '#registry/schema-store.ts';

export interface GroupOptions {
  readonly group: string;
  /** Where relative paths of the settings begin. */
  readonly directory: string;
  readonly appVersion: string;
  /** False: what is refused is counted, and kept nowhere. */
  readonly keepsLetters: boolean;
  readonly resolves?: ConsumeDeps['resolves'];
  readonly sessionTimeoutMs: number;
  /** Codes whose flood stops no topic. */
  readonly accept?: readonly RefusalCode[];
  /** How long ids that the registry does not know are asked for again. Default a minute. */
  readonly unknownWaitMs?: number;
  /** Aborts when the process ends. */
  readonly stopping: AbortSignal;
  /** Absent: nobody measures. */
  readonly registryMeasure?: RegistryMeasure;
}

/** Measures what a group asks of its registry, and what it knew already. */
export interface RegistryMeasure {
  around<T extends object>(client: T): T;
  lookedUp(result: LookupResult): void;
}

/** What a running group tells. A key stands for one partition's work under way. */
export interface GroupEvents extends Pick<ConsumeDeps, 'onBatch' | 'onPaused' | 'onFatal'> {
  onBegin(key: AbortSignal): void;
  onEnd(key: AbortSignal): void;
  onHeld(error: ZonerError, attempt: number, place: string, key: AbortSignal): void;
  onReleased(key: AbortSignal): void;
}

/** Things that have to be closed when the group ends, the last opened first. */
export interface Keeper {
  use<T extends { close(): Promise<unknown> }>(resource: T): T;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal });

/** Nobody waits a minute for an id while the process ends: the batch comes again. */
async function pauseUnlessStopped(ms: number, ended: AbortSignal): Promise<void> {
  await pause(ms, ended).catch((cause: unknown) => {
    throw new ZonerError('LEASE_LOST', 'gave up waiting for ids that the registry does not know', { cause });
  });
}

/** A consumer group's outside world on the real services. */
export async function wireGroup(
  config: Config,
  options: GroupOptions,
  offsets: TopicOffsets,
  events: GroupEvents,
  { keeper, log }: { readonly keeper: Keeper; readonly log: Log },
): Promise<ConsumeDeps> {
  const { kafkaClient } = await import('#kafka/kafka-client.ts');
  const client = await kafkaClient(config.kafka);
  const { group, sessionTimeoutMs } = options;
  const places = new Map<AbortSignal, string>();
  const windowMs = options.unknownWaitMs ?? WINDOW_DEFAULTS.windowMs;
  return {
    group,
    transport: client.consumer(config.kafka, { sessionTimeoutMs }),
    offsets,
    writers: await writerSchemas(config, options, log),
    unknownIds: createUnknownWindow({
      ...WINDOW_DEFAULTS,
      windowMs,
      now: () => performance.now(),
      pause: (ms, signal) => pauseUnlessStopped(ms, AbortSignal.any([signal, options.stopping])),
    }),
    breaker: createFloodBreaker({ ...BREAKER_DEFAULTS, accepted: new Set(options.accept ?? []) }),
    deadLetters: options.keepsLetters ? keeper.use(client.producer(config.kafka)) : null,
    resolves: options.resolves ?? 'all',
    hold: createHold({
      firstDelayMs: 200,
      longestDelayMs: 30_000,
      random: Math.random,
      pause,
      stopping: options.stopping,
      onHeld(error, attempt, signal) {
        const place = places.get(signal) ?? group;
        const { code, message, remedy, retryable } = error;
        const facts = { code, attempt, remedy, place };
        if (retryable) log.warn(facts, `held: ${message}`);
        else log.error(facts, `held until somebody puts it right: ${message}`);
        events.onHeld(error, attempt, place, signal);
      },
      onReleased: events.onReleased,
    }),
    findKillers,
    clusterId: await offsets.clusterId(),
    appVersion: options.appVersion,
    now: () => BigInt(Date.now()),
    onBegin({ topic, partition, signal }) {
      places.set(signal, `${topic}/${partition}`);
      events.onBegin(signal);
    },
    onEnd({ signal }) {
      places.delete(signal);
      events.onEnd(signal);
    },
    onPaused(topic, why) {
      log.error({ code: why.code, topic, remedy: why.remedy }, why.message);
      events.onPaused(topic, why);
    },
    onBatch: events.onBatch,
    onFatal: events.onFatal,
  };
}

/** What the registry says of ids, and what it said before while it is away. */
async function writerSchemas(
  config: Config,
  options: GroupOptions,
  log: Log,
): Promise<ConsumeDeps['writers']> {
  const { createRegistryClient } = await import('#registry/client.ts');
  const { createSchemaStore } = await import('#registry/schema-store.ts');
  const { withSnapshot } = await import('#registry/registry-snapshot.ts');
  const { snapshotFolder } = await import('#registry/snapshot-folder.ts');
  const { directory, registryMeasure: measure } = options;
  const unmeasured = createRegistryClient(config.registry);
  // It asks again only when it meets an id that it does not know, which may be days later.
  await unmeasured.subjects().catch(throwIfLockedOut);
  const client = measure?.around(unmeasured) ?? unmeasured;
  const told = measure === undefined ? {} : { onLookup: measure.lookedUp };
  if (config.snapshotPath === null) return createSchemaStore(client, told);
  const path = resolve(directory, config.snapshotPath);
  const files = snapshotFolder(path, config.registry.url, (error) =>
    log.warn({ path }, `known schemas are not kept for an outage: ${messageOf(error)}`),
  );
  return createSchemaStore(withSnapshot(client, files), told);
}
