import type { RegistryMeasure } from '#client/wire-group.ts';
import type { Health } from '#consumer/health.ts';
import type { TopicOffsets } from '#consumer/ports.ts';
import { APP_VERSION } from '#core/version.ts';
import type { LetterCounts } from '#dead-letters/count-letters.ts';
import type { ApiWatch } from '#metrics/api-metrics.ts';
import type { GroupMetrics } from '#metrics/group-metrics.ts';
import type { LetterGauges } from '#metrics/letter-metrics.ts';
import type { Metrics } from '#metrics/metrics.ts';
import type { ProducerTransport } from '#producer/ports.ts';
import type { ComputeAdvice } from '#recommendations/read-advice.ts';

/** The metrics of this process, and what measures its parts. */
export interface OpenMetrics extends Metrics {
  ofGroup(group: {
    readonly group: string;
    readonly keepsLetters: boolean;
    readonly health: Health;
  }): GroupMetrics;
  addLag(group: string, topics: readonly string[], offsets: Pick<TopicOffsets, 'ranges' | 'committed'>): void;
  addLetters(contracts: readonly string[], count: (contract: string) => Promise<LetterCounts>): LetterGauges;
  ofRegistry(): RegistryMeasure;
  measureTransport(transport: ProducerTransport): ProducerTransport;
  measureAdvice(compute: ComputeAdvice): ComputeAdvice;
  watchApi(): ApiWatch;
}

/** Loaded only by a command that is asked for its metrics. */
export async function openMetrics(): Promise<OpenMetrics> {
  const { createMetrics } = await import('#metrics/metrics.ts');
  const { createGroupMetrics } = await import('#metrics/group-metrics.ts');
  const { addLag } = await import('#metrics/lag-metrics.ts');
  const { addLetters } = await import('#metrics/letter-metrics.ts');
  const { createRegistryMeasure } = await import('#metrics/registry-metrics.ts');
  const { measureTransport } = await import('#metrics/producer-metrics.ts');
  const { createApiWatch, measureAdvice } = await import('#metrics/api-metrics.ts');
  const metrics = createMetrics(APP_VERSION);
  return {
    ...metrics,
    ofGroup: (group) => createGroupMetrics(metrics, group),
    addLag: (group, topics, offsets) => addLag(metrics, group, topics, offsets),
    addLetters: (contracts, count) => addLetters(metrics, contracts, count),
    ofRegistry: () => createRegistryMeasure(metrics),
    measureAdvice: (compute) => measureAdvice(metrics, compute),
    watchApi: () => createApiWatch(metrics),
    measureTransport: (transport) => measureTransport(metrics, transport),
  };
}
