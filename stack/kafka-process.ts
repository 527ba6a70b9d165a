import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Artefacts } from '#stack/artefacts.ts';
import { kafkaIsHealthy } from '#stack/health.ts';
import { JVM_FLAGS } from '#stack/jvm.ts';
import { startProcess, waitUntilHealthy } from '#stack/local-process.ts';
import { freePorts } from '#stack/ports.ts';
import type { StartContext, StartedProcess } from '#stack/services.ts';

const run = promisify(execFile);

/** Settings of a broker that is alone: what a cluster of three may leave at its default hangs here. */
function serverProperties(port: number, controllerPort: number, data: string): string {
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
`;

/** A KRaft broker of one node; its data stays in the folder. */
export async function startKafka(artefacts: Artefacts, context: StartContext): Promise<StartedProcess> {
  const { folder, signal } = context;
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, serverProperties(port, controllerPort, join(folder, 'data')));
  writeFileSync(join(folder, 'log4j2.yaml'), LOG4J);
  const java = [
    ...JVM_FLAGS,
    '-cp',
    join(artefacts.kafka, '*'),
    `-Dlog4j2.configurationFile=file:${join(folder, 'log4j2.yaml')}`,
  ];
  const cluster = Buffer.from(`zoner-${process.pid}`.padEnd(16, '0')).subarray(0, 16).toString('base64url');
  const format = ['kafka.tools.StorageTool', 'format', '--ignore-formatted', '-t', cluster, '-c', properties];
  await run(artefacts.java, [...java, ...format], { cwd: folder, signal });
  const process_ = startProcess(
    artefacts.java,
    [...java, 'kafka.Kafka', properties],
    folder,
    join(folder, 'kafka.log'),
  );
  context.onProcess(process_.identity);
  const broker = `127.0.0.1:${port}`;
  await waitUntilHealthy('Kafka', process_, signal, () => kafkaIsHealthy(broker));
  return { ...process_, env: { KAFKA_BROKER: broker } };
}
