import { setTimeout as sleep } from 'node:timers/promises';
import { countOf } from '#cli/plan-lines.ts';
import type { Resources } from '#cli/resources.ts';
import { type Finding, finding } from '#cli/status-report.ts';
import type { Config } from '#core/config.ts';
import { type ErrorCode, isZonerError, ZonerError } from '#core/errors.ts';
import { APP_VERSION } from '#core/version.ts';

/** The systems that Zoner stands on. */
export type ServiceName = 'kafka' | 'registry' | 'redis' | 'warehouse';

export interface ServiceFinding extends Finding {
  readonly what: ServiceName;
}

const PATIENCE_MS = 10_000;
const UNAVAILABLE: Readonly<Record<ServiceName, ErrorCode>> = {
  kafka: 'KAFKA_UNAVAILABLE',
  registry: 'REGISTRY_UNAVAILABLE',
  redis: 'REDIS_UNAVAILABLE',
  warehouse: 'WAREHOUSE_UNAVAILABLE',
};

/** Asks each service something that only it can answer. Never rejects: what fails is a finding with its remedy. */
export function readServices(config: Config, resources: Resources): Promise<readonly ServiceFinding[]> {
  return Promise.all([
    ask('kafka', config.kafka.brokers.join(', '), async () => {
      const { kafkaClient } = await import('#kafka/kafka-client.ts');
      const offsets = resources.use((await kafkaClient(config.kafka)).offsets(config.kafka));
      const { kafkaRelease } = await import('#kafka/kafka-release.ts');
      const cluster = `cluster ${await offsets.clusterId()}`;
      const release = await kafkaRelease(config.kafka);
      return release === null ? cluster : `${cluster}, Kafka ${release}`;
    }),
    ask('registry', withoutSecrets(config.registry.url), async () => {
      const { createRegistryClient } = await import('#registry/client.ts');
      const { registryVersion } = await import('#registry/version.ts');
      const subjects = await createRegistryClient(config.registry).subjects();
      return [countOf(subjects.length, 'subject'), await registryVersion(config.registry)]
        .filter(Boolean)
        .join(', ');
    }),
    ask('redis', withoutSecrets(config.redis.url), async () => {
      const { openRedisStore } = await import('#recommendations/redis-store.ts');
      const store = resources.use(await openRedisStore(config.redis));
      const holds = (await store.hasEpoch()) ? 'recommendations are there' : 'nothing was folded yet';
      return [holds, await store.version()].filter(Boolean).join(', ');
    }),
    readWarehouse(config, resources),
  ]);
}

async function readWarehouse({ snowflake }: Config, resources: Resources): Promise<ServiceFinding> {
  if (snowflake === null) {
    return {
      ...finding('warehouse', 'note', 'not set: nothing is loaded', {
        remedy: 'Set SNOWFLAKE_ACCOUNT; see .env.example.',
      }),
      what: 'warehouse',
    };
  }
  const where = `${snowflake.accessUrl ?? snowflake.account}, ${snowflake.database}.${snowflake.schema}`;
  return ask('warehouse', where, async () => {
    const { createWarehouse } = await import('#snowflake/driver.ts');
    const warehouse = resources.use(createWarehouse(snowflake, { appVersion: APP_VERSION }));
    const [[version] = []] = (await warehouse.execute('SELECT CURRENT_VERSION() AS VERSION')).rows;
    return snowflake.accessUrl?.startsWith('http://127.0.0.1') === true
      ? 'local, not the real one'
      : `signed in, Snowflake ${version}`;
  });
}

async function ask(
  what: ServiceName,
  where: string,
  question: () => Promise<string>,
): Promise<ServiceFinding> {
  const late = new AbortController();
  const tooLate = sleep(PATIENCE_MS, undefined, { signal: late.signal }).then(() => {
    throw new ZonerError(UNAVAILABLE[what], `no answer within ${PATIENCE_MS / 1000} s`);
  });
  try {
    const says = await Promise.race([question(), tooLate]);
    return { ...finding(what, 'fine', `${where}: ${says}`), what };
  } catch (error) {
    if (!isZonerError(error)) throw error;
    return { ...problem(what, error, `${where}: `), what };
  } finally {
    late.abort();
    tooLate.catch(() => {});
  }
}

/** An expected failure as a finding. */
export function problem(what: string, { message, remedy }: ZonerError, before = ''): Finding {
  return finding(what, 'wrong', `${before}${message}`, { remedy });
}

function withoutSecrets(url: string): string {
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
