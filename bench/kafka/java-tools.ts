import { execFile } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Figure } from '#bench/bench-table.ts';
import type { Config } from '#core/config.ts';
import { findKafka, versions } from '#stack/artefacts.ts';

const run = promisify(execFile);
const RECORDS = 500_000;
/** What an event takes on average, with its frame. */
const RECORD_BYTES = 217;
const INFO = { limit: null, aim: null, unit: '' };

/** Kafka's own load generator, on bytes: the outer ceiling, as it is not JavaScript. */
export async function javaProducer(
  { kafka }: Config,
  topic: string,
  tell: (line: string) => void,
): Promise<readonly Figure[]> {
  const size = [
    '--num-records',
    String(RECORDS),
    '--record-size',
    String(RECORD_BYTES),
    '--throughput',
    '-1',
  ];
  const props = ['--producer-props', `bootstrap.servers=${kafka.brokers.join()}`, 'acks=all'];
  const output = await javaTool('ProducerPerformance', ['--topic', topic, ...size, ...props], tell);
  const perSecond = Number(/([\d.]+) records\/sec/.exec(output.trim().split('\n').at(-1) ?? '')?.[1]);
  return [{ what: 'Java, ProducerPerformance: records a second', measured: Math.round(perSecond), ...INFO }];
}

/** Kafka's own reader: bytes, without decoding. */
export async function javaConsumer(
  { kafka }: Config,
  topic: string,
  records: number,
  tell: (line: string) => void,
): Promise<readonly Figure[]> {
  const args = [
    '--bootstrap-server',
    kafka.brokers.join(),
    '--topic',
    topic,
    '--num-records',
    String(records),
  ];
  const output = await javaTool('ConsumerPerformance', args, tell);
  const [head = '', line = ''] = output.trim().split('\n').slice(-2);
  const column = head.split(/,\s*/).indexOf('fetch.nMsg.sec');
  const perSecond = Number(line.split(/,\s*/)[column]);
  return [{ what: 'Java, ConsumerPerformance: records a second', measured: Math.round(perSecond), ...INFO }];
}

async function javaTool(
  name: string,
  args: readonly string[],
  tell: (line: string) => void,
): Promise<string> {
  const jars = await toolJars(tell);
  tell(`running ${name}`);
  const { java } = findKafka(process.env);
  const { stdout } = await run(java, ['-cp', join(jars, '*'), `org.apache.kafka.tools.${name}`, ...args]);
  return stdout;
}

/** The tools of the broker's version, downloaded once. */
async function toolJars(tell: (line: string) => void): Promise<string> {
  const folder = join('.zoner', 'bench', `kafka-tools-${versions.kafka}`);
  if (existsSync(folder)) return folder;
  tell('downloading the tools of Kafka');
  const pom = fileURLToPath(new URL('../peers/kafka-tools-pom.xml', import.meta.url));
  const plugin = `org.apache.maven.plugins:maven-dependency-plugin:${versions.mavenDependencyPlugin}`;
  const partial = `${folder}.partial`;
  await run('mvn', [
    ...['-B', '-q', '-ntp', '-f', pom, `-Dkafka.version=${versions.kafka}`],
    ...[
      `${plugin}:copy-dependencies`,
      '-DincludeScope=runtime',
      `-DoutputDirectory=${join(process.cwd(), partial)}`,
    ],
  ]);
  renameSync(partial, folder);
  return folder;
}
