import { setTimeout as sleep } from 'node:timers/promises';
import { tellIfInterpreted } from '#cli/codec-mode.ts';
import { groupDeps } from '#cli/group-deps.ts';
import { serveHealth } from '#cli/health-server.ts';
import { keepLetterGauges } from '#cli/letter-gauges.ts';
import { logBatches } from '#cli/log-batches.ts';
import { openMetrics } from '#cli/open-metrics.ts';
import { openTracing } from '#cli/open-tracing.ts';
import { countOf } from '#cli/plan-lines.ts';
import { startProgress } from '#cli/progress.ts';
import { readAllErased } from '#cli/read-erased.ts';
import { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import { withStallAlarm } from '#cli/stall-alarm.ts';
import { stopped } from '#cli/stop-signal.ts';
import { type ContractSink, consume, topicsOf } from '#consumer/consume.ts';
import { Health } from '#consumer/health.ts';
import type { Partitioned, RefusalCode } from '#consumer/outcome.ts';
import type { ConsumedContract } from '#consumer/ports.ts';
import { type Tally, tally } from '#consumer/tally.ts';
import { endsOf, reachEnds } from '#consumer/until-end.ts';
import type { Config } from '#core/config.ts';
import { createLog } from '#core/log.ts';

export interface ConsumptionOptions {
  /** What a trace calls this process, after `zoner-`. */
  readonly command: string;
  /** Where its sinks write. */
  readonly system: 'snowflake' | 'redis';
  readonly group: string;
  readonly contracts: readonly ContractSink[];
  /** Only one group a contract writes dead letters; the others count. */
  readonly keepsLetters: boolean;
  /** End when everything that is there now is done; otherwise run until stopped. */
  readonly untilEnd: boolean;
  readonly sessionTimeoutMs: number;
  /** Codes whose flood stops no topic. */
  readonly accept?: readonly RefusalCode[];
  /** How long ids that the registry does not know are asked for again. */
  readonly unknownWaitMs?: number;
  /** Where `/live`, `/ready` and `/metrics` answer; absent: nowhere. */
  readonly healthPort?: number;
  /** How long a stopped consumer may take to finish what it began. */
  readonly drainMs?: number;
  onBatch?(contract: ConsumedContract, outcome: Partitioned): void;
}

const POLL_MS = 200;
const STUCK_AFTER_MS = 300_000;
/** Shorter than the 30 seconds that Kubernetes gives. */
const DRAIN_MS = 20_000;
/** For leaving the group once the work is done or given up. */
const LEAVE_MS = 6000;

/** Runs one consumer group until its end or until the command is stopped, and gives what became of the records. */
export async function runConsumption(
  shell: Shell,
  config: Config,
  options: ConsumptionOptions,
): Promise<Tally> {
  tellIfInterpreted(shell);
  await using resources = new Resources();
  const { kafkaClient } = await import('#kafka/kafka-client.ts');
  const offsets = resources.use((await kafkaClient(config.kafka)).offsets(config.kafka));
  const ends = options.untilEnd ? await endsOf(options.contracts.flatMap(topicsOf), offsets) : null;
  const counts = tally();
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => {});
  const progress = startProgress(shell, `joining the group ${options.group}`);
  const health = new Health({ stuckAfterMs: STUCK_AFTER_MS, now: Date.now, clock: () => performance.now() });
  const { healthPort } = options;
  const { group, keepsLetters } = options;
  const metrics = healthPort === undefined ? null : await openMetrics();
  const measures = metrics?.ofGroup({ group, keepsLetters, health }) ?? null;
  if (healthPort !== undefined && metrics !== null) {
    metrics.addLag(group, options.contracts.flatMap(topicsOf), offsets);
    const counted = options.contracts.map(({ contract }) => contract);
    if (keepsLetters) await keepLetterGauges(shell, config, counted, metrics, resources);
    resources.use(await serveHealth(healthPort, () => health.report(), metrics));
  }
  const tracing = await openTracing(shell, options.command, resources);
  const unmeasured = await groupDeps(config, options, {
    resources,
    offsets,
    health,
    progress,
    shell,
    fatal,
    counts,
    registryMeasure: metrics?.ofRegistry() ?? null,
  });
  const watched =
    healthPort === undefined
      ? unmeasured
      : withStallAlarm(unmeasured, options.contracts.flatMap(topicsOf), offsets, health, shell.signal);
  const measured = measures?.measure(watched) ?? watched;
  // At other levels a batch is no line, and its records need not be gone through.
  const isTold = config.logLevel === 'info' || config.logLevel === 'debug';
  const told = isTold ? logBatches(measured, createLog(config.logLevel), tracing?.activeTraceId) : measured;
  const deps = tracing?.group(told) ?? told;
  const erased = await readAllErased(shell, config, options.contracts, resources);
  const contracts = options.contracts.map((each) => {
    const { name } = each.contract;
    const sink = measures?.measureSink(name, each.sink) ?? each.sink;
    return { ...each, sink: tracing?.sink(name, sink, options.system) ?? sink, ...erased.get(name) };
  });
  const subscription = await consume(contracts, deps);
  health.entered('running');
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
    health.entered('draining');
    const drainMs = options.drainMs ?? DRAIN_MS;
    await atMost(subscription.stop(drainMs), drainMs + LEAVE_MS);
    progress.stop();
  }
  return counts;
}

/** Work that is not done by then is left uncommitted: it comes again, and its rows are known. */
async function atMost(stopping: Promise<void>, milliseconds: number): Promise<void> {
  const late = new AbortController();
  await Promise.race([stopping, sleep(milliseconds, undefined, { signal: late.signal })]).finally(() =>
    late.abort(),
  );
}

/** The same for programs. */
export function tallyJson(counts: Tally): object {
  const entries = [...counts.byContract].map(([name, { refused, ...rest }]) => {
    return [name, { ...rest, refused: Object.fromEntries(refused) }];
  });
  return Object.fromEntries(entries);
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
