import { randomUUID } from 'node:crypto';
import type { ConsumerTransport, KafkaRecord, OffsetRange, TopicOffsets } from '#consumer/ports.ts';
import { fieldsOf } from '#consumer/record-fields.ts';

export interface ScanDeps {
  readonly transport: ConsumerTransport;
  readonly offsets: TopicOffsets;
  /** Ends the scan early, with the signal's reason as its error. */
  readonly signal: AbortSignal;
}

/** Less than all that a topic retains. */
export interface ScanRange {
  /** By partition, the first offset that is read. */
  readonly from?: ReadonlyMap<number, bigint>;
  /** What the topic retained at the moment that counts; absent: what it retains now. */
  readonly ranges?: ReadonlyMap<number, OffsetRange>;
}

/**
 * Reads everything that a topic retains now, once, without leaving a trace: the group is made up and commits nothing.
 * `onRecord` sees each partition's records in order. Records that arrive after the start are not read.
 */
export function scan(topic: string, deps: ScanDeps, onRecord: (record: KafkaRecord) => void): Promise<void> {
  return scanBatches(topic, deps, async (records) => records.forEach(onRecord));
}

/**
 * The same for a reader that has to wait in between: no more is held than the batches under way, one a partition. An
 * error of the reader ends the scan. Records are plain objects, which may be kept, spread and sent.
 */
export async function scanBatches(
  topic: string,
  deps: ScanDeps,
  onRecords: (records: readonly KafkaRecord[]) => Promise<void>,
  range: ScanRange = {},
): Promise<void> {
  const { from, ranges = await deps.offsets.ranges(topic) } = range;
  const next = new Map<number, bigint>(from);
  const open = new Map(
    [...ranges]
      .filter(([p, { low, high }]) => low < high && (next.get(p) ?? low) < high)
      .map(([p, { high }]) => [p, high]),
  );
  if (open.size === 0) return;
  const ended = Promise.withResolvers<void>();
  const subscription = await deps.transport.run({
    group: `zoner-scan-${randomUUID()}`,
    topics: [topic],
    ...(from === undefined ? {} : { from: new Map([[topic, from]]) }),
    onBatch: async ({ partition, records, end }) => {
      const high = open.get(partition);
      const from = next.get(partition) ?? 0n;
      // Without commits a rebalance starts a partition again: what was seen already is passed over.
      const fresh = records
        .filter(({ offset }) => high !== undefined && offset < high && offset >= from)
        .map(fieldsOf);
      if (fresh.length > 0) {
        next.set(partition, (fresh.at(-1)?.offset ?? 0n) + 1n);
        await onRecords(fresh).catch(ended.reject);
      }
      if (high !== undefined && (end ?? (records.at(-1)?.offset ?? -1n) + 1n) >= high) open.delete(partition);
      if (open.size === 0) ended.resolve();
    },
    onFatal: ended.reject,
  });
  const stop = (): void => ended.reject(deps.signal.reason);
  deps.signal.addEventListener('abort', stop);
  try {
    await ended.promise;
  } finally {
    deps.signal.removeEventListener('abort', stop);
    await subscription.stop();
  }
}
