import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findKafka, findRegistry, findValkey, versions } from '#stack/artefacts.ts';
import { startKafka } from '#stack/kafka-process.ts';
import { isPortTaken, type LocalProcess, stopProcess } from '#stack/local-process.ts';
import type { ProcessIdentity } from '#stack/process-identity.ts';
import { startRedis } from '#stack/redis-process.ts';
import { startRegistry } from '#stack/registry-process.ts';
import { startSnowflake } from '#stack/snowflake-process.ts';

export const SERVICES = ['kafka', 'registry', 'redis', 'snowflake'] as const;
export type ServiceName = (typeof SERVICES)[number];
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a starter of one local process is handed. */
export interface StartContext {
  /** Its own, empty at first. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Must be told as soon as there is a process, so that it is ended whatever happens next. */
  onProcess(identity: ProcessIdentity): void;
}

export interface StartedProcess extends LocalProcess {
  /** The endpoint, under the names of `core/config.ts`. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ServiceReport {
  readonly name: ServiceName;
  readonly what: string;
  readonly how: 'environment' | 'docker' | 'process';
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds until it answered. */
  readonly ms: number;
}

export interface RunningServices {
  readonly reports: readonly ServiceReport[];
  /** All endpoints together. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends what was started here, and nothing else. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly env: Environment;
  /** Each service gets a folder in it. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly engine: 'docker' | 'process';
  onProcess(identity: ProcessIdentity): void;
  onContainer(id: string): void;
  onStarted(report: ServiceReport): void;
}

/** The variable that says that a service is there already, and what it is called. */
const FACTS: Readonly<Record<ServiceName, { readonly variable: string; readonly process: string }>> = {
  kafka: { variable: 'KAFKA_BROKER', process: `Kafka ${versions.kafka}` },
  registry: { variable: 'SCHEMA_REGISTRY_URL', process: `Apicurio registry ${versions.registry}` },
  redis: { variable: 'REDIS_URL', process: `Valkey ${versions.valkey.split('.post')[0]}` },
  snowflake: { variable: 'SNOWFLAKE_ACCOUNT', process: 'local Snowflake, not the real one' },
};

const PORT_ATTEMPTS = 3;

/**
 * Starts what the environment does not name, all at once, and resolves when everything answers. If one cannot start,
 * the others are ended again.
 * @throws ZonerError STACK_START, STACK_TOOL_MISSING
 */
export async function startServices(options: StartOptions): Promise<RunningServices> {
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const stops: (() => Promise<unknown>)[] = [];
  const onProcess = (identity: ProcessIdentity): void => {
    stops.push(() => stopProcess(identity));
    options.onProcess(identity);
  };
  const stop = async (): Promise<void> => void (await Promise.all(stops.splice(0).map((each) => each())));
  const starts = SERVICES.map(async (name) => {
    const report = await startOne(name, { ...options, signal, onProcess }, stops);
    options.onStarted(report);
    return report;
  });
  try {
    const reports = await Promise.all(starts);
    return { reports, env: Object.assign({}, ...reports.map(({ env }) => env)), stop };
  } catch (error) {
    failed.abort();
    await Promise.allSettled(starts);
    await stop();
    throw error;
  }
}

async function startOne(
  name: ServiceName,
  options: StartOptions,
  stops: (() => Promise<unknown>)[],
): Promise<ServiceReport> {
  const begun = performance.now();
  const report = (how: ServiceReport['how'], what: string, env: Readonly<Record<string, string>>) => ({
    name,
    what,
    how,
    env,
    ms: performance.now() - begun,
  });
  const given = options.env[FACTS[name].variable];
  // It stands in the environment already, which every command reads.
  if (given) return report('environment', `${name} at ${withoutCredentials(given)}`, {});
  if (options.engine === 'docker' && name !== 'snowflake') {
    const { startContainer } = await import('#stack/containers.ts');
    const container = await startContainer(name);
    stops.push(container.stop);
    options.onContainer(container.id);
    return report('docker', container.image, container.env);
  }
  const { env } = await startProcessOf(name, options);
  return report('process', FACTS[name].process, env);
}

/** An endpoint may carry a user and a password, which no screen has to show. */
export function withoutCredentials(endpoint: string): string {
  return endpoint.replace(/(\/\/|^)[^/]*@/, '$1');
}

/** A port that was free a moment ago may be taken by now: then the next attempt chooses others. */
async function startProcessOf(name: ServiceName, options: StartOptions): Promise<StartedProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const folder = join(options.folder, attempt === 1 ? name : `${name}-${attempt}`);
    mkdirSync(folder, { recursive: true });
    const context: StartContext = { folder, signal: options.signal, onProcess: options.onProcess };
    try {
      if (name === 'snowflake') return await startSnowflake(context);
      if (name === 'kafka') return await startKafka(findKafka(options.env), context);
      if (name === 'registry') return await startRegistry(findRegistry(options.env), context);
      return await startRedis(findValkey(options.env), context);
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !isPortTaken(error)) throw error;
    }
  }
}
