import { setTimeout as sleep } from 'node:timers/promises';
import { tellIfInterpreted } from '#cli/codec-mode.ts';
import type { AddCommand } from '#cli/command.ts';
import { serveHealth } from '#cli/health-server.ts';
import { logSends } from '#cli/log-sends.ts';
import { openMetrics } from '#cli/open-metrics.ts';
import { openTracing } from '#cli/open-tracing.ts';
import {
  type ContractOptions,
  formatOption,
  fraction,
  portNumber,
  positiveInteger,
  positiveNumber,
  withContracts,
} from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { produceFile } from '#cli/produce-file.ts';
import { startProgress } from '#cli/progress.ts';
import { Resources } from '#cli/resources.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { ZonerError } from '#core/errors.ts';
import { createLog } from '#core/log.ts';
import { FAULTS } from '#producer/simulation/faults.ts';
import type { Produced } from '#producer/simulation/produce.ts';

interface Options extends ContractOptions {
  readonly from?: string;
  readonly users: number;
  readonly days?: number;
  readonly rate?: number;
  readonly speed?: number;
  readonly seed: string;
  readonly start: string;
  readonly faults: number;
  readonly healthPort?: number;
  readonly format: string;
}

const BATCH_SIZE = 500;
const DAYS = 7;

/** `zoner produce`: records of simulated people. */
export const addProduce: AddCommand = (program, shell) => {
  withContracts(program.command('produce'))
    .argument('[contract]', 'with --from: the contract whose values the file holds')
    .option(
      '--from <file>',
      'send the values of this file instead: JSON in the form of --print, one a line; - is standard input',
    )
    .option('--users <count>', 'people', positiveInteger, 20)
    .option(
      '--days <count>',
      'days that each of them lives through; 7, or without end with --rate or --speed',
      positiveInteger,
    )
    .option('--rate <records>', 'records a second', positiveNumber)
    .option(
      '--speed <factor>',
      'how much faster than in life time goes by: 86400 is a day a second',
      positiveNumber,
    )
    .option('--seed <text>', 'the same seed gives the same records, byte for byte', 'zoner')
    .option('--start <date>', 'the first day', '2026-03-02')
    .option(
      '--faults <fraction>',
      'share of the activities that are broken, by turns in each way listed below',
      fraction,
      0.02,
    )
    .option('--health-port <port>', 'answer GET /live, /ready and /metrics there', portNumber)
    .addHelpText('after', `\nThe ways to break a record: ${FAULTS.join(', ')}.`)
    .addOption(formatOption('text', 'json'))
    .action(async (name: string | undefined, options: Options) => {
      if (options.from !== undefined) return sendFile(shell, name, options.from, options);
      if (name !== undefined) throw new ZonerError('USAGE', 'a contract is named only with --from');
      const produced = await produce(shell, options);
      if (options.format === 'json') {
        shell.print(JSON.stringify({ ...produced, broken: Object.fromEntries(produced.broken) }, null, 2));
        return;
      }
      const broken = [...produced.broken.values()].reduce((sum, count) => sum + count, 0);
      shell.print(
        `sent ${countOf(produced.activities, 'activity record')} and ${countOf(produced.trips, 'trip plan')}`,
      );
      shell.print(
        `${broken} of them broken on purpose: ${[...produced.broken].map(([fault, count]) => `${count} ${fault}`).join(', ')}`,
      );
    });
};

async function sendFile(
  shell: Shell,
  name: string | undefined,
  file: string,
  options: Options,
): Promise<void> {
  const sent = await produceFile(shell, name, file, options);
  if (options.format === 'json') shell.print(JSON.stringify({ sent }, null, 2));
  else shell.print(`sent ${countOf(sent, 'record')}`);
}

async function produce(shell: Shell, options: Options): Promise<Produced> {
  tellIfInterpreted(shell);
  await using resources = new Resources();
  const settings = loadSettings(shell, options.env);
  const { kafkaClient } = await import('#kafka/kafka-client.ts');
  const { createSchemaIds } = await import('#registry/schema-ids.ts');
  const { createProducer } = await import('#producer/producer.ts');
  const { produceSimulation } = await import('#producer/simulation/produce.ts');
  const broker = resources.use((await kafkaClient(settings.kafka)).producer(settings.kafka));
  const metrics = options.healthPort === undefined ? null : await openMetrics();
  const measured = metrics?.measureTransport(broker) ?? broker;
  const tracing = await openTracing(shell, 'produce', resources);
  const traced = tracing?.producer(measured) ?? measured;
  const transport = logSends(traced, createLog(settings.logLevel), 'info');
  if (options.healthPort !== undefined && metrics !== null)
    resources.use(await serveHealth(options.healthPort, () => ({ live: true, ready: true }), metrics));
  const schemaIds = createSchemaIds(settings.registry);
  const producer = createProducer({ transport, schemaIds });
  const isPaced = options.rate !== undefined || options.speed !== undefined;
  const progress = startProgress(shell, 'simulating');
  try {
    const produced = await produceSimulation(
      {
        ...options,
        days: options.days ?? (isPaced ? Number.POSITIVE_INFINITY : DAYS),
        rate: options.rate ?? null,
        speed: options.speed ?? null,
        batchSize: BATCH_SIZE,
      },
      {
        producer,
        transport,
        signal: shell.signal,
        now: () => performance.now(),
        pause: (ms) => pause(ms, shell.signal),
        onProgress: (sent) => progress.update(`sent ${sent} records`),
      },
    );
    return produced;
  } finally {
    progress.stop();
  }
}

/** Ends early when the command is stopped. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
}
