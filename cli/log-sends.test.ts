import { expect, test } from 'vitest';
import { logSends } from '#cli/log-sends.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

const SECRET = Buffer.from('a-value-nobody-may-see');
const record = (topic: string): OutgoingRecord => {
  const headers = [['note', SECRET] as const];
  return { topic, partition: null, key: SECRET, value: SECRET, headers, timestamp: null };
};

test('a batch that is acknowledged is one line with its topics, and no value; one that is not is none', async () => {
  const lines: unknown[][] = [];
  const told =
    (level: string) =>
    (...args: readonly unknown[]) =>
      void lines.push([level, ...args]);
  const log = { debug: told('debug'), info: told('info'), warn: told('warn'), error: told('error') };
  let at = 0;
  const clock = () => {
    at += 21.4;
    return at;
  };
  const fine = logSends({ send: async () => {}, close: async () => {} }, log, 'info', clock);
  await fine.send([record('a'), record('b'), record('a')]);
  await fine.send([]);
  expect(lines).toEqual([['info', { records: 3, topics: { a: 2, b: 1 }, ms: 21 }, 'sent']]);
  const down = { send: () => Promise.reject(new Error('down')), close: async () => {} };
  await expect(logSends(down, log, 'debug').send([record('a')])).rejects.toThrow('down');
  expect(lines).toHaveLength(1);
});
