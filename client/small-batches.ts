import type { ConsumerTransport } from '#consumer/ports.ts';

/**
 * Delivers batches of at most so many records, each committed before the next: what a crash repeats is no more than that,
 * however long each record takes.
 */
export function inSmallBatches(transport: ConsumerTransport, maxRecords: number): ConsumerTransport {
  return {
    exactHeaders: transport.exactHeaders,
    async run(options) {
      let stopping = false;
      const subscription = await transport.run({
        ...options,
        async onBatch(batch) {
          if (batch.records.length === 0) return options.onBatch(batch);
          let paused = false;
          const pause = (): void => {
            paused = true;
            batch.pause();
          };
          for (let from = 0; from < batch.records.length && !paused && !stopping; from += maxRecords) {
            batch.signal.throwIfAborted();
            const records = batch.records.slice(from, from + maxRecords);
            await options.onBatch({ ...batch, records, pause });
          }
        },
      });
      return {
        stop(drainMs) {
          // What was begun is finished; the rest of the batch is left for whoever reads the partition next.
          stopping = true;
          return subscription.stop(drainMs);
        },
      };
    },
  };
}
