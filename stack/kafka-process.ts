import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, ZonerError } from '#core/errors.ts';
import type { KafkaArtefacts } from '#stack/artefacts.ts';
import { kafkaIsHealthy } from '#stack/health.ts';
import { JVM_FLAGS } from '#stack/jvm.ts';
import { startProcess, waitUntilReady } from '#stack/local-process.ts';
import { freePorts } from '#stack/ports.ts';
import type { StartContext, StartedProcess } from '#stack/services.ts';

const run = promisify(execFile);

/** Settings of a broker that is alone: what a cluster of three may leave at its default hangs here. */
export function serverProperties(port: number, controllerPort: number, data: string): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${data}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
background.threads=2
log.segment.bytes=134217728
`;
}

const LOG4J = `Configuration:
  Appenders:
    Console:
      name: console
      PatternLayout:
        pattern: "%d %p %m (%c)%n"
  Loggers:
    Root:
      level: WARN
      AppenderRef:
        ref: console
    # Its "started" is waited for.
    Logger:
      name: kafka.server.KafkaRaftServer
      level: INFO
`;

/** A KRaft broker of one node; its data stays in the folder. */
export async function startKafka(artefacts: KafkaArtefacts, context: StartContext): Promise<StartedProcess> {
  const { folder, signal } = context;
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, serverProperties(port, controllerPort, join(folder, 'data')));
  writeFileSync(join(folder, 'log4j2.yaml'), LOG4J);
  const java = [
    ...JVM_FLAGS,
    '-cp',
    join(artefacts.jars, '*'),
    `-Dlog4j2.configurationFile=file:${join(folder, 'log4j2.yaml')}`,
  ];
  await formatStorage(artefacts.java, java, properties, signal);
  const log = join(folder, 'kafka.log');
  const started = await startProcess(artefacts.java, [...java, 'kafka.Kafka', properties], folder, log);
  context.onProcess(started.identity);
  const broker = `127.0.0.1:${port}`;
  await waitUntilReady(started, signal, {
    name: 'Kafka',
    says: /Kafka Server started/,
    isHealthy: () => kafkaIsHealthy(broker),
  });
  return { ...started, env: { KAFKA_BROKER: broker } };
}

/** A broker starts only on a folder that carries its cluster's id and features. */
async function formatStorage(
  command: string,
  java: readonly string[],
  properties: string,
  signal: AbortSignal,
): Promise<void> {
  const format = ['kafka.tools.StorageTool', 'format', '-t', newClusterId(), '-c', properties];
  try {
    await run(command, [...java, ...format], { signal });
  } catch (error) {
    signal.throwIfAborted();
    const output = String((error as { stderr?: unknown }).stderr || messageOf(error));
    const lines = output.trim().split('\n').slice(-8).join('\n  ');
    throw new ZonerError('STACK_START', `Kafka's storage cannot be formatted:\n  ${lines}`, { cause: error });
  }
}

/** Another one for each broker, because identities of dead letters begin with it. Kafka refuses a leading dash. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}
