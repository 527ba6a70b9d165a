import type { FastifyInstance } from 'fastify';
import type { Checks } from '#api/health.ts';
import { tellIfInterpreted } from '#cli/codec-mode.ts';
import type { AddCommand } from '#cli/command.ts';
import { serveHealth } from '#cli/health-server.ts';
import { logSends } from '#cli/log-sends.ts';
import { type OpenMetrics, openMetrics } from '#cli/open-metrics.ts';
import { openTracing } from '#cli/open-tracing.ts';
import { type EnvironmentOptions, portNumber, positiveInteger, withEnvironment } from '#cli/options.ts';
import { Resources } from '#cli/resources.ts';
import { listen, refuseOpenHost } from '#cli/serve-options.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { stopped } from '#cli/stop-signal.ts';
import type { Config } from '#core/config.ts';
import { throwIfLockedOut } from '#core/errors.ts';
import { createLog } from '#core/log.ts';
import { APP_VERSION } from '#core/version.ts';
import { TripPlan } from '#generated/trip-plan/types.ts';
import { UserActivity } from '#generated/user-activity/types.ts';

interface Options extends EnvironmentOptions {
  readonly host: string;
  readonly port: number;
  readonly rateLimit: number;
  readonly healthPort?: number;
}

/** Less than a request waits for the broker, so that its outcome is known before its answer. */
const SEND_MS = 10_000;

const AFTER_HELP = `
Without authentication it listens only where nobody but this machine can reach it. For another --host set
ZONER_API_JWT_SECRET or ZONER_API_JWKS_URL (.env.example explains them): a token's sub is the user; the scopes
zoner:read and zoner:write let a service act for everyone.`;

/** `zoner serve`: the HTTP API. */
export const addServe: AddCommand = (program, shell) => {
  withEnvironment(program.command('serve'))
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <number>', '0 for any free one', portNumber, 8080)
    .option('--health-port <port>', 'answer GET /live, /ready and /metrics there', portNumber)
    .option('--rate-limit <count>', 'requests a minute of one person or address', positiveInteger, 600)
    .addHelpText('after', AFTER_HELP)
    .action(async (options: Options) => {
      await using resources = new Resources();
      const app = await openApi(shell, loadSettings(shell, options.env), options, resources);
      const url = await listen(app, options);
      shell.print(`Zoner listens on ${url} (OpenAPI: ${url}/v1/openapi.json)`);
      await stopped(shell.signal);
      shell.tell('finishing what was begun');
      await app.close();
    });
};

/** The API on the services of an environment, not yet listening. */
async function openApi(
  shell: Shell,
  config: Config,
  options: Options,
  resources: Resources,
): Promise<FastifyInstance> {
  await refuseOpenHost(config, options.host);
  const { LOOPBACK } = await import('#api/host-guard.ts');
  tellIfInterpreted(shell);
  const { createApi } = await import('#api/server.ts');
  const { createAuthenticate } = await import('#api/authentication.ts');
  const { kafkaClient } = await import('#kafka/kafka-client.ts');
  const { createProducer } = await import('#producer/producer.ts');
  const { createRegistryClient } = await import('#registry/client.ts');
  const { createSchemaIds } = await import('#registry/schema-ids.ts');
  const { createAdvicePool } = await import('#recommendations/advice-pool.ts');
  const { createReadAdvice } = await import('#recommendations/read-advice.ts');
  const { openRedisStore } = await import('#recommendations/redis-store.ts');
  const metrics = options.healthPort === undefined ? null : await openMetrics();
  const tracing = await openTracing(shell, 'serve', resources);
  const kafka = await kafkaClient(config.kafka);
  const offsets = resources.use(kafka.offsets(config.kafka));
  // A broker that is away is for `/ready` to tell.
  await offsets.clusterId().catch(throwIfLockedOut);
  const broker = resources.use(kafka.producer(config.kafka, { deadlineMs: SEND_MS }));
  const log = createLog(config.logLevel);
  const transport = logSends(metrics?.measureTransport(broker) ?? broker, log, 'debug');
  const producer = createProducer({ transport, schemaIds: createSchemaIds(config.registry) });
  // A producer whose schema is not registered refuses to start.
  await producer.prepare(UserActivity);
  await producer.prepare(TripPlan);
  const store = resources.use(await openRedisStore(config.redis));
  const advice = resources.use(createAdvicePool());
  const registry = createRegistryClient(config.registry);
  const checks = {
    kafka: () => offsets.clusterId(),
    registry: () => registry.subjects(),
    redis: () => store.hasEpoch(),
  };
  if (options.healthPort !== undefined && metrics !== null)
    resources.use(await serveReadiness(options.healthPort, checks, metrics));
  return createApi(
    {
      producer,
      authenticate: createAuthenticate(config.apiAuth),
      people: store,
      readAdvice: createReadAdvice(store, metrics?.measureAdvice(advice.compute) ?? advice.compute),
      now: Date.now,
      checks,
      log,
      ...(tracing === null ? {} : { traceRequest: tracing.createTraceRequest() }),
      ...(metrics === null ? {} : { watch: metrics.watchApi() }),
    },
    {
      version: APP_VERSION,
      rateLimit: options.rateLimit,
      hosts: config.apiAuth === null ? new Set([...LOOPBACK, options.host]) : null,
    },
  );
}

/** For probes and Prometheus, on a port that the public does not reach. */
async function serveReadiness(port: number, checks: Checks, metrics: OpenMetrics) {
  const { createReadiness } = await import('#api/health.ts');
  const readiness = createReadiness(checks);
  const report = async () => {
    const found = await readiness();
    return { live: true, ready: found.status === 'ready', services: found.services };
  };
  return serveHealth(port, report, metrics);
}
