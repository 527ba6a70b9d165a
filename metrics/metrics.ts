import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** What a process counts and measures, for Prometheus: base units, and names by its convention. */
export interface Metrics {
  readonly registry: Registry;
  readonly contentType: string;
  /** Everything as it stands now, in Prometheus' text format. */
  text(): Promise<string>;
}

/** Seconds, from a lookup in a cache to a MERGE that waits for its warehouse. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Starts with what every process has: its version, processor, memory and event loop. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'zoner_build_info',
    help: 'Always 1; its labels say which version of Zoner runs, and on which Node.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.version }, 1);
  return { registry, contentType: registry.contentType, text: () => registry.metrics() };
}

/** Runs something and gives its duration and whether it failed, in seconds of the monotonic clock. */
export async function timed<T>(
  work: () => Promise<T>,
  observe: (result: 'ok' | 'failed', seconds: number) => void,
): Promise<T> {
  const begun = performance.now();
  const seconds = (): number => (performance.now() - begun) / 1000;
  try {
    const value = await work();
    observe('ok', seconds());
    return value;
  } catch (error) {
    observe('failed', seconds());
    throw error;
  }
}
