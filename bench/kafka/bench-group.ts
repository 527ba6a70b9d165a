import { randomUUID } from 'node:crypto';
import type { ConsumeDeps } from '#consumer/deps.ts';
import { BREAKER_DEFAULTS, createFloodBreaker } from '#consumer/flood-breaker.ts';
import type { Config } from '#core/config.ts';
import type { KafkaClient } from '#kafka/kafka-client.ts';
import { createRegistryClient } from '#registry/client.ts';
import { createSchemaStore } from '#registry/schema-store.ts';

/** A new group that writes no dead letters and keeps nothing; whatever stops it goes to `onFatal`. */
export function benchGroup(
  config: Config,
  client: KafkaClient,
  { onBegin, onFatal }: { readonly onBegin: () => void; readonly onFatal: (error: unknown) => void },
): ConsumeDeps {
  return {
    group: `bench-${randomUUID()}`,
    transport: client.consumer(config.kafka),
    writers: createSchemaStore(createRegistryClient(config.registry)),
    deadLetters: null,
    hold: (_, step) => step(),
    offsets: { commitMetadata: async () => new Map() },
    unknownIds: { settle: (_, lookUp) => lookUp() },
    breaker: createFloodBreaker({ ...BREAKER_DEFAULTS, accepted: new Set() }),
    findKillers: async () => new Set(),
    onBegin,
    onEnd: () => undefined,
    onPaused: (_, why) => onFatal(why),
    clusterId: 'bench',
    appVersion: 'bench',
    now: () => BigInt(Date.now()),
    onBatch: () => undefined,
    onFatal,
  };
}
