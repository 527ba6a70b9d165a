import type { MemoryBroker } from '#kafka/memory-broker.ts';
import { place } from '#kafka/outgoing.ts';
import type { ProducerTransport } from '#producer/ports.ts';

/** @param now milliseconds since 1970, for records without a time of their own */
export function createMemoryProducer(
  broker: MemoryBroker,
  now: () => bigint = () => BigInt(Date.now()),
): ProducerTransport {
  let turn = 0;
  let queue: Promise<void> = Promise.resolve();
  return {
    send(records) {
      const result = queue.then(async () => {
        const partitions = new Map(records.map(({ topic }) => [topic, broker.log.count(topic)]));
        const placed = place(records, partitions, turn, now());
        turn += records.length;
        await broker.write(placed);
      });
      queue = result.catch(() => undefined);
      return result;
    },
    close: () => queue,
  };
}
