import type { Log } from '#core/log.ts';
import type { ProducerTransport } from '#producer/ports.ts';

/**
 * A line for each batch that the broker has acknowledged: how many records of which topics, and how long that took. Nothing
 * of the records' keys and values.
 */
export function logSends(
  transport: ProducerTransport,
  log: Log,
  level: 'debug' | 'info',
  now: () => number = () => performance.now(),
): ProducerTransport {
  return {
    async send(records) {
      const begun = now();
      await transport.send(records);
      if (records.length === 0) return;
      const topics: Record<string, number> = {};
      for (const { topic } of records) topics[topic] = (topics[topic] ?? 0) + 1;
      log[level]({ records: records.length, topics, ms: Math.round(now() - begun) }, 'sent');
    },
    close: () => transport.close(),
  };
}
