import { setTimeout as sleep } from 'node:timers/promises';
import { tellIfInterpreted } from '#cli/codec-mode.ts';
import { countOf } from '#cli/plan-lines.ts';
import { startProgress } from '#cli/progress.ts';
import { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import { APP_VERSION } from '#cli/version.ts';
import { type ContractSink, consume, topicsOf } from '#consumer/consume.ts';
import { createHold } from '#consumer/hold.ts';
import { type Tally, tally } from '#consumer/tally.ts';
import { endsOf, reachEnds } from '#consumer/until-end.ts';
import type { Config } from '#core/config.ts';
import { createLog } from '#core/log.ts';

export interface ConsumptionOptions {
  readonly group: string;
  readonly contracts: readonly ContractSink[];
  /** Only one group a contract writes dead letters; the others count. */
  readonly keepsLetters: boolean;
  /** End when everything that is there now is done; otherwise run until stopped. */
  readonly untilEnd: boolean;
  readonly sessionTimeoutMs: number;
}

const POLL_MS = 200;

/** Runs one consumer group until its end or until the command is stopped, and gives what became of the records. */
export async function runConsumption(
  shell: Shell,
  config: Config,
  options: ConsumptionOptions,
): Promise<Tally> {
  tellIfInterpreted(shell);
  await using resources = new Resources();
  const { createKafkajsConsumer } = await import('#kafka/kafkajs-consumer.ts');
  const { createKafkajsOffsets } = await import('#kafka/kafkajs-offsets.ts');
  const { createKafkajsProducer } = await import('#kafka/kafkajs-producer.ts');
  const { createRegistryClient } = await import('#registry/client.ts');
  const { createSchemaStore } = await import('#registry/schema-store.ts');
  const log = createLog(config.logLevel);
  const offsets = resources.use(createKafkajsOffsets(config.kafka));
  const topics = options.contracts.flatMap(topicsOf);
  const ends = options.untilEnd ? await endsOf(topics, offsets) : null;
  const counts = tally();
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => {});
  const progress = startProgress(shell, `joining the group ${options.group}`);
  const subscription = await consume(options.contracts, {
    group: options.group,
    transport: createKafkajsConsumer(config.kafka, { sessionTimeoutMs: options.sessionTimeoutMs }),
    writers: createSchemaStore(createRegistryClient(config.registry)),
    deadLetters: options.keepsLetters ? resources.use(createKafkajsProducer(config.kafka)) : null,
    hold: createHold({
      firstDelayMs: 200,
      longestDelayMs: 30_000,
      onHeld: ({ code, message, remedy }, attempt) => {
        progress.update(`held: ${message} (attempt ${attempt})`);
        log.warn({ code, attempt, remedy }, `held: ${message}`);
      },
    }),
    clusterId: await offsets.clusterId(),
    appVersion: APP_VERSION,
    now: () => BigInt(Date.now()),
    onBatch: counts.add,
    onFatal: fatal.reject,
  });
  const pause = (): Promise<void> => sleep(POLL_MS, undefined, { signal: shell.signal });
  const onProgress = ({ done, total }: { done: bigint; total: bigint }): void => {
    progress.update(`${done} of ${countOf(total, 'record')}`);
  };
  try {
    const ended =
      ends === null ? stopped(shell.signal) : reachEnds(options.group, ends, { offsets, pause, onProgress });
    await Promise.race([ended, fatal.promise]);
  } catch (error) {
    // A person who stops a consumer wants it to stop, not to fail.
    if (!shell.signal.aborted) throw error;
  } finally {
    await subscription.stop();
    progress.stop();
  }
  return counts;
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** One line a contract: what became of its records. */
export function printTally(shell: Shell, counts: Tally, noun = 'row'): void {
  for (const [name, { inserted, present, refused, skipped }] of counts.byContract) {
    const letters = [...refused.values()].reduce((sum, count) => sum + count, 0);
    const causes = [...refused].map(([code, count]) => `${count} ${code}`).join(', ');
    shell.print(
      `${name}: ${countOf(inserted, noun)} written, ${present} there already, ${letters} refused${causes ? ` (${causes})` : ''}, ${skipped} skipped`,
    );
  }
}
