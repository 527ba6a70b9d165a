import { Counter, Histogram } from 'prom-client';
import { DURATION_BUCKETS, type Metrics, timed } from '#metrics/metrics.ts';

/** Counts the schemas that batches ask for, by whether they were known, and measures the requests that were left. */
export function createRegistryMeasure({ registry }: Metrics) {
  const registers = [registry];
  const lookups = new Counter({
    name: 'zoner_schema_lookups_total',
    help: 'Writer schemas that a batch asked for, each once: a hit was known, a miss asks the registry.',
    labelNames: ['result'],
    registers,
  });
  // Both are there from the start, so that a share of hits can be told before the first miss.
  for (const result of ['hit', 'miss'] as const) lookups.inc({ result }, 0);
  const duration = new Histogram({
    name: 'zoner_registry_request_duration_seconds',
    help: 'One request to the schema registry, with its retries.',
    labelNames: ['operation', 'result'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  return {
    lookedUp: (result: 'hit' | 'miss'): void => lookups.inc({ result }),
    /** Measures each call of a client by the name of its method. */
    around<T extends object>(client: T): T {
      return new Proxy(client, {
        get(target, name) {
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== 'function') return method;
          return (...args: readonly unknown[]): Promise<unknown> =>
            timed(
              async () => Reflect.apply(method, target, args) as unknown,
              (result, seconds) => duration.observe({ operation: String(name), result }, seconds),
            );
        },
      });
    },
  };
}
