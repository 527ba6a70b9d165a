import { setTimeout as sleep } from 'node:timers/promises';
import { EVENT_CONTRACT } from '#bench/kafka/event-contract.ts';
import { type Candidate, passage } from '#bench/kafka/rounds.ts';
import type { LocalWarehouse } from '#bench/warehouse/local-warehouse.ts';
import type { AcceptedRecord } from '#consumer/ports.ts';
import { literal, qualified, quoted } from '#snowflake/names.ts';
import { type Row, rowOf } from '#snowflake/row.ts';
import { createSink, SINK_DEFAULTS } from '#snowflake/sink.ts';

const MANY = 6000;
const FEW = 120;
/** A hundred a callback, as of consumers that keep up. */
const SMALL = 600;
/** What a statement may wait for the network and be compiled, where the warehouse is not a process beside this one. */
export const FAR_MS = 300;

type Source = (count: number) => readonly (readonly AcceptedRecord[])[];

/** Ways to make rows of what the partitions' callbacks hold, Zoner's sink first. */
export async function openLoaders(local: LocalWarehouse, source: Source): Promise<readonly Candidate[]> {
  const sink = createSink(EVENT_CONTRACT, {
    warehouse: local.warehouse,
    place: local.place,
    options: SINK_DEFAULTS,
    now: Date.now,
    pause: (ms) => sleep(ms),
  });
  const { signal } = new AbortController();
  return [
    loader('Zoner’s sink', MANY, local, source, async (batches) => {
      await Promise.all(batches.map((batch) => sink.write(batch, signal)));
    }),
    loader('one INSERT a batch', MANY, local, source, async (batches) => {
      for (const batch of batches) await insert(local, batch);
    }),
    loader('one look for doubles and one INSERT a batch', MANY, local, source, async (batches) => {
      for (const batch of batches) await insertNew(local, batch);
    }),
    loader('Zoner’s sink, 100 a callback', SMALL, local, source, async (batches) => {
      await Promise.all(batches.map((batch) => sink.write(batch, signal)));
    }),
    loader('one INSERT a callback of 100', SMALL, local, source, async (batches) => {
      for (const batch of batches) await insert(local, batch);
    }),
    far(
      local,
      loader('Zoner’s sink, far away', MANY, local, source, async (batches) => {
        await Promise.all(batches.map((batch) => sink.write(batch, signal)));
      }),
    ),
    far(
      local,
      loader('one INSERT a batch, far away', MANY, local, source, async (batches) => {
        for (const batch of batches) await insert(local, batch);
      }),
    ),
    loader('one INSERT a record', FEW, local, source, async (batches) => {
      for (const record of batches.flat()) await insert(local, [record]);
    }),
  ];
}

function loader(
  name: string,
  perRound: number,
  local: LocalWarehouse,
  source: Source,
  load: (batches: readonly (readonly AcceptedRecord[])[]) => Promise<void>,
): Candidate {
  return {
    name,
    perRound,
    close: async () => undefined,
    async run(records) {
      const batches = source(records);
      const rows = batches.reduce((sum, batch) => sum + batch.length, 0);
      const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<typeof passage>>>();
      await local.costing(name, rows, async () => resolve(await passage(rows, () => load(batches))));
      return await promise;
    },
  };
}

/** The same, of which each statement starts later. */
function far(local: LocalWarehouse, { run, ...loader }: Candidate): Candidate {
  return {
    ...loader,
    async run(records) {
      local.delay(FAR_MS);
      try {
        return await run(records);
      } finally {
        local.delay(0);
      }
    },
  };
}

/** What a person would write to add no row twice, as long as nobody else writes: which of these are there, then the others. */
async function insertNew(local: LocalWarehouse, batch: readonly AcceptedRecord[]): Promise<void> {
  const { table, place, warehouse } = local;
  const [first, last] = [batch[0]?.origin, batch.at(-1)?.origin];
  if (first === undefined || last === undefined) return;
  const { rows } = await warehouse.execute(
    `SELECT "_OFFSET" FROM ${qualified(place, table.name)} WHERE "_TOPIC" = ${literal(first.topic)}
AND "_PARTITION" = ${first.partition} AND "_OFFSET" BETWEEN ${first.offset} AND ${last.offset}`,
  );
  const there = new Set(rows.map(([offset]) => String(offset)));
  await insert(
    local,
    batch.filter(({ origin }) => !there.has(String(origin.offset))),
  );
}

/** The INSERT that a person would write, with the same values in the same columns, and without looking for doubles. */
async function insert(local: LocalWarehouse, batch: readonly AcceptedRecord[]): Promise<void> {
  const { table, place, warehouse } = local;
  const loadedAt = new Date().toISOString();
  const rows = batch.map((each) => rowOf(table, EVENT_CONTRACT.root, each, loadedAt) as Row);
  const written = table.columns.flatMap(({ name, member, fromJson }) =>
    member === null ? [] : [{ name: quoted(name), value: fromJson(`f.VALUE:${quoted(member)}`) }],
  );
  const sql = `INSERT INTO ${qualified(place, table.name)} (${written.map(({ name }) => name).join(', ')})
SELECT ${written.map(({ value }) => value).join(', ')} FROM LATERAL FLATTEN(INPUT => PARSE_JSON(?)) AS f`;
  await warehouse.execute(sql, [`[${rows.map(({ json }) => json).join(',')}]`]);
}
