import { expect, test } from 'vitest';
import { FOREIGN_ID, framedNap, naps, recordOf, writers } from '#consumer/examples.ts';
import { sha256Of } from '#consumer/origin.ts';
import { type OverwriteDeps, overwrite } from '#consumer/overwrite.ts';
import type { AcceptedRecord, KafkaRecord, RowRewriter, RunOptions, SinkRefusal } from '#consumer/ports.ts';
import { createReader } from '#consumer/reader.ts';

const placeOf = ({ topic, partition, offset }: Pick<KafkaRecord, 'topic' | 'partition' | 'offset'>): string =>
  `${topic}/${partition}/${offset}`;

/** A topic of these records, of which those of `rows` stand in the table. */
function world(records: readonly KafkaRecord[], rows: readonly KafkaRecord[], start = 0n) {
  const table = new Map(rows.map((record) => [placeOf(record), sha256Of(record.value)]));
  const written: bigint[] = [];
  const runs: RunOptions[] = [];
  const seen: (readonly [number, number])[] = [];
  let refuses = (_: readonly AcceptedRecord[]): readonly SinkRefusal[] => [];
  const rewriter: RowRewriter = {
    hashes: async () => table,
    async rewrite(accepted) {
      written.push(...accepted.map(({ origin }) => origin.offset));
      return refuses(accepted);
    },
  };
  const high = (records.at(-1)?.offset ?? -1n) + 1n;
  const deps: OverwriteDeps = {
    reader: createReader(naps),
    writers: { lookUp: async () => writers },
    rewriter,
    isWriting: true,
    insist: (step) => step(),
    onProgress: (done, total) => seen.push([done, total]),
    scan: {
      signal: new AbortController().signal,
      offsets: {
        ranges: async () => new Map([[1, { low: 0n, high }]]),
        since: async () => new Map([[1, start]]),
        committed: async () => new Map(),
        commitMetadata: async () => new Map(),
        clusterId: async () => 'c',
      },
      transport: {
        exactHeaders: true,
        async run(options) {
          runs.push(options);
          const from = options.from?.get('naps')?.get(1) ?? 0n;
          const batch = { topic: 'naps', partition: 1, signal: new AbortController().signal };
          const rest = records.filter(({ offset }) => offset >= from);
          const refuse = async (): Promise<never> => {
            throw new Error('nothing is committed');
          };
          await options.onBatch({ ...batch, records: rest, commit: refuse, pause: () => {} });
          return { stop: async () => {} };
        },
      },
    },
  };
  const refuse = (how: typeof refuses): void => {
    refuses = how;
  };
  return { deps, table, written, runs, seen, refuse };
}

const good = [0n, 1n, 2n].map((offset) => recordOf(offset, framedNap(Number(offset))));
const foreign = recordOf(3n, framedNap(3, FOREIGN_ID));
const broken = recordOf(4n, Buffer.from('no frame'));
const tombstone = recordOf(5n, null);
const all = [...good, foreign, broken, tombstone];

test('rows that are there are written anew, and what is no row stays none', async () => {
  const { deps, written, seen } = world(all, good.slice(0, 2));
  expect(await overwrite(0n, deps)).toEqual({
    records: 6,
    rewritten: 2,
    absent: 1,
    skipped: 1,
    refused: { SUBJECT_MISMATCH: 1, NO_FRAME: 1 },
    staleRows: 0,
    stale: [],
  });
  expect(written).toEqual([0n, 1n]);
  expect(seen).toEqual([[6, 6]]);
});

test('the range begins at the offsets of its time', async () => {
  const { deps, written, runs } = world(all, good, 2n);
  expect(await overwrite(7n, deps)).toMatchObject({ records: 4, rewritten: 1 });
  expect(written).toEqual([2n]);
  expect(runs[0]?.from).toEqual(new Map([['naps', new Map([[1, 2n]])]]));
});

test('a row whose record is refused today stays, and is told by its place', async () => {
  const { deps, written, refuse } = world(all, [...good, foreign]);
  refuse((accepted) =>
    accepted.slice(0, 1).map((each) => ({ accepted: each, code: 'DATA_REFUSED', reason: 'no room' })),
  );
  const counts = await overwrite(0n, deps);
  expect(counts).toMatchObject({ rewritten: 2, refused: { NO_FRAME: 1 }, staleRows: 2 });
  expect(counts.stale.map(({ offset, code }) => [offset, code])).toEqual([
    [0n, 'DATA_REFUSED'],
    [3n, 'SUBJECT_MISMATCH'],
  ]);
  expect(written).toEqual([0n, 1n, 2n]);
});

test('a dry run counts and writes nothing', async () => {
  const { deps, written } = world(all, good);
  expect(await overwrite(0n, { ...deps, isWriting: false })).toMatchObject({ rewritten: 3 });
  expect(written).toEqual([]);
});

test('a row of other bytes halts before anything of its batch is written: the topic was recreated', async () => {
  const { deps, table, written } = world(all, good);
  table.set('naps/1/1', 'another');
  await expect(overwrite(0n, deps)).rejects.toMatchObject({
    code: 'IDENTITY_REUSED',
    context: { offset: '1' },
  });
  expect(written).toEqual([]);
});

test('a range that begins behind the last record reads nothing', async () => {
  const { deps, runs } = world(all, good, 6n);
  expect(await overwrite(9n, deps)).toMatchObject({ records: 0, rewritten: 0 });
  expect(runs).toEqual([]);
});
