import { createDecoderCache } from '#avro/decoder-cache.ts';
import type { ConsumeDeps } from '#consumer/deps.ts';
import type { ErasedPlaces } from '#consumer/erased-places.ts';
import { createBatchHandler } from '#consumer/handle-batch.ts';
import { createLoopTurns } from '#consumer/loop-turns.ts';
import type { Batch, ConsumedContract, RecordSink, Subscription } from '#consumer/ports.ts';
import { createReader } from '#consumer/reader.ts';
import { topicNames } from '#contract/topic-names.ts';

export interface ContractSink {
  readonly contract: ConsumedContract;
  readonly sink: RecordSink;
  /** Whether the group reads what was replayed, too. */
  readonly readsRetries?: boolean;
  /** Records that are passed over because they were erased; absent: none. */
  readonly erased?: ErasedPlaces;
}

/** The topics that a group reads for a contract. */
export function topicsOf({ contract, readsRetries }: ContractSink): readonly string[] {
  const { source, retry } = topicNames(contract.topic);
  return readsRetries === true ? [source, retry] : [source];
}

/**
 * Consumes the topics of these contracts until it is stopped: see `handle-batch.ts` for what becomes of each batch.
 * A failing system holds a partition, a flood of refusals stops a topic, and a bug ends the run through `onFatal`.
 */
export async function consume(contracts: readonly ContractSink[], deps: ConsumeDeps): Promise<Subscription> {
  const handlers = new Map<string, (batch: Batch) => Promise<void>>();
  const cache = createDecoderCache();
  const turn = createLoopTurns();
  for (const each of contracts) {
    const reader = createReader(each.contract, cache, each.erased);
    const handle = createBatchHandler({ reader, sink: each.sink }, deps, turn);
    for (const topic of topicsOf(each)) handlers.set(topic, handle);
  }
  return deps.transport.run({
    group: deps.group,
    topics: [...handlers.keys()],
    onBatch: async (batch) => {
      const handle = handlers.get(batch.topic);
      if (handle === undefined) throw new Error(`a batch of ${batch.topic}, which was not asked for`);
      await handle(batch);
    },
    onFatal: deps.onFatal,
  });
}
