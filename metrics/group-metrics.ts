import { Counter, Gauge, Histogram } from 'prom-client';
import type { ConsumeDeps } from '#consumer/deps.ts';
import type { Health } from '#consumer/health.ts';
import type { Batch, RecordSink } from '#consumer/ports.ts';
import { isZonerError } from '#core/errors.ts';
import { DURATION_BUCKETS, type Metrics, timed } from '#metrics/metrics.ts';

/** What a consumer group does, counted: its parts are put around the ports, so that the loop knows nothing of it. */
export interface GroupMetrics {
  measure(deps: ConsumeDeps): ConsumeDeps;
  measureSink(contract: string, sink: RecordSink): RecordSink;
}

const BATCH_BUCKETS = [1, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/** @param keepsLetters whether what this group refuses becomes a dead letter */
export function createGroupMetrics(
  metrics: Metrics,
  {
    group,
    keepsLetters,
    health,
  }: { readonly group: string; readonly keepsLetters: boolean; readonly health: Health },
): GroupMetrics {
  const counters = countersOf(metrics);
  addHealth(metrics, group, health);
  const begun = new Map<Batch, number>();
  return {
    measure: (deps) => ({
      ...deps,
      hold: (signal, step) =>
        deps.hold(signal, async () => {
          try {
            return await step();
          } catch (error) {
            if (isZonerError(error) && error.code !== 'LEASE_LOST')
              counters.holds.inc({ group, code: error.code });
            throw error;
          }
        }),
      onBegin(batch) {
        begun.set(batch, performance.now());
        deps.onBegin(batch);
      },
      onEnd(batch) {
        const since = begun.get(batch);
        begun.delete(batch);
        if (since !== undefined) counters.duration.observe({ group }, (performance.now() - since) / 1000);
        deps.onEnd(batch);
      },
      onBatch(contract, outcome, written) {
        const { accepted, refused, skipped } = outcome;
        const labels = { group, contract: contract.name };
        const records = accepted.length + refused.length + skipped.length;
        counters.batch.observe({ group }, records);
        counters.consumed.inc(labels, records);
        counters.rows.inc(labels, written.inserted);
        counters.present.inc(labels, written.present);
        counters.skipped.inc(labels, skipped.length);
        for (const { code } of refused) {
          counters.refused.inc({ ...labels, code });
          if (keepsLetters) counters.letters.inc({ contract: contract.name, code });
        }
        deps.onBatch(contract, outcome, written);
      },
    }),
    measureSink: (contract, sink) => ({
      write: (records, signal) =>
        timed(
          () => sink.write(records, signal),
          (result, seconds) => counters.sink.observe({ group, contract, result }, seconds),
        ),
    }),
  };
}

function countersOf({ registry }: Metrics) {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const of = ['group', 'contract'] as const;
  return {
    consumed: counter(
      'zoner_consumed_records_total',
      'Records of which the fate is durable; of what is redelivered, again.',
      of,
    ),
    rows: counter('zoner_written_rows_total', 'Rows or histories that were not there before.', of),
    present: counter('zoner_present_rows_total', 'Rows that were there already: a redelivery.', of),
    skipped: counter('zoner_skipped_records_total', 'Records that mean nothing to write.', of),
    refused: counter('zoner_refused_records_total', 'Records that break their contract.', [...of, 'code']),
    letters: counter('zoner_dead_letters_total', 'Dead letters that were written.', ['contract', 'code']),
    holds: counter('zoner_hold_attempts_total', 'Steps that failed and are tried again.', ['group', 'code']),
    batch: new Histogram({
      name: 'zoner_batch_records',
      help: 'Records of a batch.',
      labelNames: ['group'],
      buckets: BATCH_BUCKETS,
      registers,
    }),
    duration: new Histogram({
      name: 'zoner_batch_duration_seconds',
      help: 'From the begin of a batch to its commit, holds included.',
      labelNames: ['group'],
      buckets: DURATION_BUCKETS,
      registers,
    }),
    sink: new Histogram({
      name: 'zoner_sink_write_duration_seconds',
      help: 'One write of a batch to the warehouse or to Redis.',
      labelNames: ['group', 'contract', 'result'],
      buckets: DURATION_BUCKETS,
      registers,
    }),
  };
}

/** What is held now and why: read from the same report as `/ready`. */
function addHealth({ registry }: Metrics, group: string, health: Health): void {
  new Gauge({
    name: 'zoner_held_partitions',
    help: 'Partitions that wait for a system, by the code of what it says.',
    labelNames: ['group', 'code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { code } of health.report().causes) if (code !== 'FLOOD') this.inc({ group, code });
    },
  });
  new Gauge({
    name: 'zoner_stopped_topics',
    help: 'Topics that a flood of refusals has stopped until a person has looked at them.',
    labelNames: ['group', 'topic'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { code, what } of health.report().causes)
        if (code === 'FLOOD') this.set({ group, topic: what }, 1);
    },
  });
  new Gauge({
    name: 'zoner_ready',
    help: '1 if nothing is held and nothing is stopped.',
    labelNames: ['group'],
    registers: [registry],
    collect() {
      this.set({ group }, health.report().ready ? 1 : 0);
    },
  });
}
