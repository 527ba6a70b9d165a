import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDeployPlan } from '#snowflake/apply.ts';
import { accepted, naps as contract, PLACE } from '#snowflake/examples.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';
import { createRewriter } from '#snowflake/rewriter.ts';
import { createSink, SINK_DEFAULTS } from '#snowflake/sink.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  const { steps } = await readDeployPlan(lab.warehouse, [{ contract, history: [] }], PLACE);
  for (const { sql } of steps) await lab.warehouse.execute(sql);
});
afterAll(() => lab.close());

const load = (records: readonly ReturnType<typeof accepted>[]) => {
  const deps = { warehouse: lab.warehouse, place: PLACE, now: () => 1000, pause: async () => {} };
  const sink = createSink(contract, { ...deps, options: SINK_DEFAULTS });
  return sink.write(records, new AbortController().signal);
};
const rewriter = (options = SINK_DEFAULTS) =>
  createRewriter(contract, { warehouse: lab.warehouse, place: PLACE, options });
const rowsOf = async (partition: number): Promise<unknown> => {
  const sql = `SELECT "_OFFSET"::VARCHAR AS O, "MINUTES"::VARCHAR AS M, "_LOADED_AT"::VARCHAR AS L
FROM "DB"."PUBLIC"."NAPS" WHERE "_PARTITION" = ${partition} ORDER BY "_OFFSET"`;
  return (await lab.warehouse.execute(sql)).rows.map(([offset, minutes, at]) => [
    offset,
    minutes,
    at?.slice(0, 10),
  ]);
};

test('a row is written anew in place: its identity and its first time stay, and none is added', async () => {
  await load([accepted(1, 0n, 5), accepted(1, 1n, 6), accepted(1, 2n, 7)]);
  expect(await rewriter().rewrite([accepted(1, 0n, 50), accepted(1, 2n, null), accepted(1, 9n, 1)])).toEqual(
    [],
  );
  expect(await rowsOf(1)).toEqual([
    ['0', '50', '1970-01-01'],
    ['1', '6', '1970-01-01'],
    ['2', null, '1970-01-01'],
  ]);
});

test('a row of other bytes is not touched', async () => {
  await load([accepted(2, 0n, 5, 'first')]);
  await rewriter().rewrite([accepted(2, 0n, 50, 'other')]);
  expect(await rowsOf(2)).toEqual([['0', '5', '1970-01-01']]);
});

test('the hashes are those of the identities that were asked for', async () => {
  await load([accepted(3, 0n), accepted(3, 1n), accepted(3, 2n)]);
  const asked = [accepted(3, 0n), accepted(3, 2n), accepted(3, 5n)].map(({ origin }) => origin);
  expect([...(await rewriter().hashes(asked)).keys()].sort()).toEqual(['naps/3/0', 'naps/3/2']);
});

test('more rows than a statement may hold are written in several', async () => {
  const records = Array.from({ length: 25 }, (_, offset) => accepted(4, BigInt(offset), offset));
  await load(records);
  const doubled = records.map(({ origin: { offset } }) => accepted(4, offset, Number(offset) * 2));
  await rewriter({ ...SINK_DEFAULTS, maxRows: 10 }).rewrite(doubled);
  expect(await rowsOf(4)).toEqual(doubled.map((_, at) => [String(at), String(at * 2), '1970-01-01']));
});

test('a value that the warehouse refuses leaves its row as it was, and the others are written', async () => {
  const records = [0n, 1n, 2n, 3n].map((offset) => accepted(5, offset, 1));
  await load(records);
  // An int in the contract, and more digits than its column has: what only the warehouse can know.
  const tooLarge = { ...accepted(5, 2n), value: { user: 'ada', minutes: 10 ** 12 } };
  const changed = [accepted(5, 0n, 2), accepted(5, 1n, 2), tooLarge, accepted(5, 3n, 2)];
  const refused = await rewriter().rewrite(changed);
  expect(refused).toMatchObject([{ accepted: tooLarge, code: 'DATA_REFUSED' }]);
  expect(await rowsOf(5)).toEqual(
    [2, 2, 1, 2].map((minutes, offset) => [String(offset), String(minutes), '1970-01-01']),
  );
});
