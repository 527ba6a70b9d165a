import { Histogram } from 'prom-client';
import { DURATION_BUCKETS, type Metrics, timed } from '#metrics/metrics.ts';

/** Measures each call of a client of the registry by the name of its method: what was cached makes none. */
export function measureRegistry<T extends object>({ registry }: Metrics, client: T): T {
  const duration = new Histogram({
    name: 'zoner_registry_request_duration_seconds',
    help: 'One request to the schema registry, with its retries.',
    labelNames: ['operation', 'result'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  });
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
}
