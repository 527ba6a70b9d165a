import { randomInt } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { frame } from '#avro/frame.ts';
import { deadLetter } from '#consumer/dead-letter.ts';
import { FOREIGN_ID, framedNap, INCOMPATIBLE_ID, naps, OWN_ID, writers } from '#consumer/examples.ts';
import { partition, schemaIdsOf } from '#consumer/partition.ts';
import type { KafkaRecord, WriterSchema } from '#consumer/ports.ts';
import { createReader } from '#consumer/reader.ts';

/** A sample in the unit lane; `npm run test:faults` tries 100 000. */
const RECORDS = Number(process.env.ZONER_FUZZ_RECORDS ?? 4000);
const BATCH = 200;
const SEED = Number(process.env.ZONER_SEED ?? randomInt(2 ** 31));

/** Mulberry32: the same records for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomOf(SEED);
const below = (limit: number): number => Math.floor(random() * limit);
const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

const HUGE_VARINT = Buffer.from('ffffffffffffffffff01', 'hex');
const ID_LIKE = [0, 1, OWN_ID, FOREIGN_ID, INCOMPATIBLE_ID, 404, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

const VALUES: readonly (() => Buffer | null)[] = [
  () => Buffer.from(framedNap(below(1000))),
  () => bytes(below(64)),
  () => bytes(below(6)),
  () => null,
  () => Buffer.from(framedNap(below(1000))).subarray(0, below(12)),
  () => {
    const flipped = Buffer.from(framedNap(below(1000)));
    const at = below(flipped.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << below(8));
    return flipped;
  },
  () => Buffer.from(frame(OWN_ID, Buffer.concat([HUGE_VARINT, bytes(below(20))]))),
  () => {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(pick(ID_LIKE), 1);
    head[0] = pick([0, 0, 0, 1, 255]);
    return Buffer.concat([head, bytes(below(30))]);
  },
];

const NAMES = [
  'trace',
  '__proto__',
  'constructor',
  '',
  'dlt.id',
  'dlt.src.offset',
  'dlt.src.topic',
  'dlt.attempts',
];

function fuzzed(offset: number): KafkaRecord {
  const headers = Array.from({ length: below(5) }, () => {
    return [pick(NAMES), pick([null, bytes(below(8)), Buffer.from('naps'), HUGE_VARINT])] as const;
  });
  return {
    topic: pick(['naps', 'naps', 'naps-retry']),
    partition: below(3),
    offset: BigInt(offset),
    timestamp: pick([-1n, 0n, 1_700_000_000_000n, 2n ** 62n]),
    key: pick([null, bytes(below(8))]),
    value: pick(VALUES)(),
    headers,
  };
}

function known(records: readonly KafkaRecord[]): ReadonlyMap<number, WriterSchema> {
  return new Map([...schemaIdsOf(records)].map((id) => [id, writers.get(id) ?? { kind: 'unknown' }]));
}

function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

test(`whatever ${RECORDS} records hold, each has one outcome and a letter can be written (seed ${SEED})`, () => {
  const reader = createReader(naps);
  const facts = { clusterId: 'c', group: 'g', appVersion: '0', now: 1_800_000_000_000n };
  const outcomes = new Map<string, number>();
  const heap: number[] = [];
  const count = (name: string, by: number): void => void outcomes.set(name, (outcomes.get(name) ?? 0) + by);
  for (let done = 0; done < RECORDS; done += BATCH) {
    const records = Array.from({ length: BATCH }, (_, at) => fuzzed(done + at));
    const { accepted, refused, skipped } = partition(records, known(records), reader);
    const judged = [...accepted, ...refused, ...skipped].map(({ record }) => record.offset);
    expect(judged.sort((a, b) => Number(a - b))).toEqual(records.map(({ offset }) => offset));
    for (const each of refused) {
      const letter = deadLetter(each, naps, facts);
      expect(letter.value).toBe(each.record.value);
      count(each.code, 1);
    }
    count('accepted', accepted.length);
    count('skipped', skipped.length);
    if (done + BATCH === RECORDS / 10 || done + BATCH === (RECORDS / 10) * 9) heap.push(usedHeap());
  }
  process.stderr.write(
    `fuzz: seed ${SEED}, ${RECORDS} records: ${JSON.stringify(Object.fromEntries(outcomes))}\n`,
  );
  for (const name of [
    'accepted',
    'skipped',
    'NO_FRAME',
    'UNKNOWN_SCHEMA_ID',
    'UNDECODABLE',
    'ORIGIN_INVALID',
  ])
    expect(outcomes.get(name), name).toBeGreaterThan(0);
  const [early = 0, late = 0] = heap;
  expect(late).toBeLessThanOrEqual(early * 1.2);
}, 300_000);
