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

/** One more door to the broker, beside the open one on 127.0.0.1. */
export interface Listener {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  /** What clients are told; 127.0.0.1 if absent. */
  readonly host?: string;
}

/** What a secured broker has besides. */
export interface KafkaExtras {
  readonly listeners: readonly Listener[];
  /** Lines of `server.properties`. */
  readonly properties: readonly string[];
  /** Arguments of the storage format, such as users of SCRAM. */
  readonly format: readonly string[];
  readonly java: readonly string[];
}

const OPEN: KafkaExtras = { listeners: [], properties: [], format: [], java: [] };

/** Settings of a broker that is alone: what a cluster of three may leave at its default hangs here. */
export function serverProperties(
  port: number,
  controllerPort: number,
  data: string,
  more: readonly Listener[] = [],
): string {
  const all = [{ name: 'PLAINTEXT', protocol: 'PLAINTEXT', port }, ...more];
  const addresses = all.map((each) => `${each.name}://${each.host ?? '127.0.0.1'}:${each.port}`).join(',');
  const protocols = all.map(({ name, protocol }) => `${name}:${protocol}`).join(',');
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listeners=${addresses},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=${addresses}
listener.security.protocol.map=${protocols},CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
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
export async function startKafka(
  artefacts: KafkaArtefacts,
  context: StartContext,
  extras: KafkaExtras = OPEN,
): Promise<StartedProcess> {
  const { folder, signal } = context;
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const properties = join(folder, 'server.properties');
  const settings = serverProperties(port, controllerPort, join(folder, 'data'), extras.listeners);
  writeFileSync(properties, [settings, ...extras.properties, ''].join('\n'));
  writeFileSync(join(folder, 'log4j2.yaml'), LOG4J);
  const java = [
    ...JVM_FLAGS,
    ...extras.java,
    '-cp',
    join(artefacts.jars, '*'),
    `-Dlog4j2.configurationFile=file:${join(folder, 'log4j2.yaml')}`,
  ];
  const format = ['format', '-t', newClusterId(), '-c', properties, ...extras.format];
  await formatStorage(artefacts.java, [...java, 'kafka.tools.StorageTool', ...format], signal);
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
async function formatStorage(command: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    await run(command, args, { signal });
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
