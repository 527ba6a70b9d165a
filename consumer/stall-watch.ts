import type { ConsumeDeps } from '#consumer/deps.ts';
import type { Batch, TopicOffsets } from '#consumer/ports.ts';

type Watched = Pick<ConsumeDeps, 'group' | 'onBegin' | 'onEnd'>;

export interface StallWatch<Deps> {
  /** The same, and the watch hears of its batches. */
  readonly deps: Deps;
  /**
   * The partitions, as `topic/partition`, that this process reads and that have records, while nothing works on them and
   * nothing has been committed since the look before. Once is chance; again and again, the client has stopped.
   * @throws ZonerError KAFKA_UNAVAILABLE
   */
  look(): Promise<readonly string[]>;
}

interface Own {
  readonly signal: AbortSignal;
  readonly isWorking: boolean;
}

/**
 * A Kafka client may stop to fetch without an error. What it does not deliver nobody works on, so only the broker knows.
 * A partition counts as this process' own from its first batch until the signal of its latest one aborts.
 */
export function watchStalls<Deps extends Watched>(
  deps: Deps,
  topics: readonly string[],
  offsets: ReadOffsets,
): StallWatch<Deps> {
  const own = new Map<string, Own>();
  let before = new Map<string, bigint>();
  const note = ({ topic, partition, signal }: Batch, isWorking: boolean): void =>
    void own.set(`${topic}/${partition}`, { signal, isWorking });

  const isIdle = (place: string): boolean => {
    const found = own.get(place);
    return found !== undefined && !found.isWorking && !found.signal.aborted;
  };

  return {
    deps: {
      ...deps,
      onBegin(batch) {
        note(batch, true);
        deps.onBegin(batch);
      },
      onEnd(batch) {
        note(batch, false);
        deps.onEnd(batch);
      },
    },
    async look() {
      const now = new Map<string, bigint>();
      const idle: string[] = [];
      for (const topic of topics) {
        const ranges = await offsets.ranges(topic);
        const committed = await offsets.committed(deps.group, topic);
        for (const [partition, { low, high }] of ranges) {
          const place = `${topic}/${partition}`;
          const next = committed.get(partition) ?? low;
          now.set(place, next);
          if (next < high && before.get(place) === next && isIdle(place)) idle.push(place);
        }
      }
      before = now;
      return idle;
    },
  };
}

type ReadOffsets = Pick<TopicOffsets, 'ranges' | 'committed'>;
