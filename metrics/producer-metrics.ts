import { Counter, Histogram } from 'prom-client';
import { DURATION_BUCKETS, type Metrics, timed } from '#metrics/metrics.ts';
import type { ProducerTransport } from '#producer/ports.ts';

/** Counts what the broker acknowledged, and how long it took. */
export function measureTransport<T extends ProducerTransport>(
  { registry }: Metrics,
  transport: T,
): ProducerTransport {
  const produced = new Counter({
    name: 'zoner_produced_records_total',
    help: 'Records that the broker has acknowledged.',
    labelNames: ['topic'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'zoner_produce_duration_seconds',
    help: 'From a send to its acknowledgement or its failure.',
    labelNames: ['result'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  });
  return {
    async send(records) {
      await timed(
        () => transport.send(records),
        (result, seconds) => duration.observe({ result }, seconds),
      );
      for (const { topic } of records) produced.inc({ topic });
    },
    close: () => transport.close(),
  };
}
