import { setTimeout as sleep } from 'node:timers/promises';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { messageOf, ZonerError } from '#core/errors.ts';
import { versions } from '#stack/artefacts.ts';
import { kafkaIsHealthy, registryIsHealthy } from '#stack/health.ts';
import { freePorts } from '#stack/ports.ts';

export interface StartedContainer {
  readonly id: string;
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<unknown>;
}

const KAFKA_IMAGE = `apache/kafka:${versions.kafka}`;
const REGISTRY_IMAGE = `apicurio/apicurio-registry:${versions.registry}`;
const REDIS_IMAGE = 'redis:8-alpine';
const REGISTRY_PORT = 8080;
const REDIS_PORT = 6379;
const START_DEADLINE_MS = 120_000;

const STARTERS = { kafka, registry, redis } as const;

/**
 * One service as a container, with only variables that the published images document.
 * @throws ZonerError STACK_START
 */
export async function startContainer(name: keyof typeof STARTERS): Promise<StartedContainer> {
  try {
    return await STARTERS[name]();
  } catch (error) {
    throw new ZonerError('STACK_START', `${name} does not start as a container: ${messageOf(error)}`, {
      remedy: 'Correct what Docker says above, or set ZONER_STACK=local to run local processes instead.',
      cause: error,
    });
  }
}

/** Kafka tells clients its own address, so the port must be the same inside and outside. */
async function kafka(): Promise<StartedContainer> {
  const [port = 0] = await freePorts(1);
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withExposedPorts({ container: port, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:9093',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
    })
    .withWaitStrategy(Wait.forLogMessage('Kafka Server started'))
    .withStartupTimeout(START_DEADLINE_MS)
    .start();
  const broker = `127.0.0.1:${port}`;
  await answering(container, () => kafkaIsHealthy(broker));
  return started(container, KAFKA_IMAGE, { KAFKA_BROKER: broker });
}

async function registry(): Promise<StartedContainer> {
  const container = await new GenericContainer(REGISTRY_IMAGE)
    .withExposedPorts(REGISTRY_PORT)
    .withStartupTimeout(START_DEADLINE_MS)
    .start();
  const url = `http://${container.getHost()}:${container.getMappedPort(REGISTRY_PORT)}/apis/ccompat/v7`;
  await answering(container, () => registryIsHealthy(url));
  return started(container, REGISTRY_IMAGE, { SCHEMA_REGISTRY_URL: url });
}

async function redis(): Promise<StartedContainer> {
  const container = await new GenericContainer(REDIS_IMAGE).withExposedPorts(REDIS_PORT).start();
  const url = `redis://${container.getHost()}:${container.getMappedPort(REDIS_PORT)}`;
  return started(container, REDIS_IMAGE, { REDIS_URL: url });
}

function started(
  container: StartedTestContainer,
  image: string,
  env: Readonly<Record<string, string>>,
): StartedContainer {
  return { id: container.getId(), image, env, stop: () => container.stop() };
}

/** An open port is not an answer yet. A container that never answers is stopped, because nobody else knows of it. */
async function answering(container: StartedTestContainer, isHealthy: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS;
  for (;;) {
    try {
      return await isHealthy();
    } catch (error) {
      if (performance.now() > deadline) {
        await container.stop();
        throw error;
      }
      await sleep(100);
    }
  }
}
