import { Gauge } from 'prom-client';
import type { TopicOffsets } from '#consumer/ports.ts';
import type { Metrics } from '#metrics/metrics.ts';

/** However often a scrape comes, the broker is asked no more often than this. */
const REMEMBERED_MS = 5000;

/**
 * The records that a group has not committed yet, by partition, asked of the broker at a scrape. While the broker does
 * not answer there is no lag to tell: the series is absent, and `zoner_lag_known` is 0.
 */
export function addLag(
  { registry }: Metrics,
  group: string,
  topics: readonly string[],
  offsets: Pick<TopicOffsets, 'ranges' | 'committed'>,
): void {
  let askedAt = Number.NEGATIVE_INFINITY;
  const known = new Gauge({
    name: 'zoner_lag_known',
    help: '1 if the broker said how far the group is, at the last scrape.',
    labelNames: ['group'],
    registers: [registry],
  });
  new Gauge({
    name: 'zoner_consumer_lag_records',
    help: 'Records that are retained and not committed by the group.',
    labelNames: ['group', 'topic', 'partition'],
    registers: [registry],
    async collect() {
      if (performance.now() - askedAt < REMEMBERED_MS) return;
      askedAt = performance.now();
      try {
        const lags = await Promise.all(
          topics.map(async (topic) => [topic, await lagOf(group, topic, offsets)] as const),
        );
        this.reset();
        for (const [topic, byPartition] of lags) {
          for (const [partition, lag] of byPartition)
            this.set({ group, topic, partition: String(partition) }, lag);
        }
        known.set({ group }, 1);
      } catch {
        this.reset();
        known.set({ group }, 0);
      }
    },
  });
}

async function lagOf(
  group: string,
  topic: string,
  offsets: Pick<TopicOffsets, 'ranges' | 'committed'>,
): Promise<readonly (readonly [partition: number, lag: number])[]> {
  const [ranges, committed] = await Promise.all([offsets.ranges(topic), offsets.committed(group, topic)]);
  return [...ranges].map(([partition, { low, high }]) => {
    const at = committed.get(partition) ?? low;
    // What retention has deleted cannot be read any more.
    return [partition, Number(high - (at < low ? low : at))] as const;
  });
}
