import { expect, test } from 'vitest';
import { compileEncoder } from '#avro/codec.ts';
import { parseSchema } from '#avro/parse.ts';
import type { OutgoingRecord } from '#producer/ports.ts';
import type { Producer } from '#producer/producer.ts';
import { FAULTS } from '#producer/simulation/faults.ts';
import { type Produced, type ProduceOptions, produceSimulation } from '#producer/simulation/produce.ts';

const base: ProduceOptions = {
  users: 3,
  days: 4,
  seed: 'paced',
  start: '2026-03-02',
  faults: 0.1,
  batchSize: 200,
  rate: null,
  speed: null,
};

const producer: Pick<Producer, 'prepare'> = {
  prepare: async (contract) => {
    const { topic, key } = contract;
    return { topic, key, schemaId: 7, encoder: compileEncoder(parseSchema(contract.schema)) };
  },
};

/** Runs with a clock that only pauses move. */
async function run(options: ProduceOptions, stopAfter = Number.POSITIVE_INFINITY) {
  const sent: OutgoingRecord[] = [];
  const stop = new AbortController();
  let clock = 0;
  const produced: Produced = await produceSimulation(options, {
    producer,
    transport: {
      send: async (records) => {
        sent.push(...records);
        if (sent.length >= stopAfter) stop.abort();
      },
      close: async () => {},
    },
    signal: stop.signal,
    now: () => clock,
    pause: async (ms) => {
      clock += Math.max(0, ms);
    },
    onProgress: () => undefined,
  });
  return { sent, produced, seconds: clock / 1000 };
}

test('everything is sent once, and broken in every way by turns', async () => {
  const { sent, produced, seconds } = await run(base);
  expect(sent).toHaveLength(produced.activities + produced.trips);
  expect(seconds).toBe(0);
  expect([...produced.broken.keys()].toSorted()).toEqual([...FAULTS].toSorted());
});

test('a rate is kept, and what is sent is the same', async () => {
  const paced = await run({ ...base, rate: 100 });
  expect(paced.seconds).toBeCloseTo(paced.sent.length / 100, 0);
  expect(paced.sent).toEqual((await run(base)).sent);
});

test('at a speed of a day a second four days take four seconds', async () => {
  expect(Math.abs((await run({ ...base, speed: 86_400 })).seconds - 4)).toBeLessThan(1);
});

test('a simulation without end runs until it is stopped', async () => {
  const { sent, produced } = await run({ ...base, days: Number.POSITIVE_INFINITY, rate: 1000 }, 2500);
  expect(produced.activities + produced.trips).toBe(sent.length);
  expect(sent.length).toBeGreaterThanOrEqual(2500);
  expect(sent.length).toBeLessThan(2700);
});
