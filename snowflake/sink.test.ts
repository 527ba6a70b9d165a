import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AcceptedRecord } from '#consumer/ports.ts';
import { isZonerError, ZonerError } from '#core/errors.ts';
import { readDeployPlan } from '#snowflake/apply.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { accepted, naps as contract, PLACE } from '#snowflake/examples.ts';
import { type Engine, openEngine } from '#snowflake/local/engine.ts';
import { type LocalSnowflake, serve } from '#snowflake/local/server.ts';
import { readRowIdentities } from '#snowflake/row-identities.ts';
import { createSink, SINK_DEFAULTS, type SinkDeps } from '#snowflake/sink.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

const sessionOn = ({ url }: LocalSnowflake) => ({ warehouse: null, role: null, accessUrl: url });

let engine: Engine;
let server: LocalSnowflake;
let warehouse: Warehouse;

beforeAll(async () => {
  engine = await openEngine(null);
  server = await serve(engine, 0);
  warehouse = createWarehouse(
    { account: 'local', user: 'u', auth: { password: 'p' }, ...PLACE, ...sessionOn(server) },
    { appVersion: '0' },
  );
  const { steps } = await readDeployPlan(warehouse, [{ contract, history: [] }], PLACE);
  for (const { sql } of steps) await warehouse.execute(sql);
});

afterAll(async () => {
  await warehouse.close();
  await server.close();
  engine.close();
});

const signal = new AbortController().signal;
const depsOn = (on: Warehouse): SinkDeps => {
  return {
    warehouse: on,
    place: PLACE,
    options: SINK_DEFAULTS,
    now: () => 0,
    pause: () => Promise.resolve(),
  };
};

/** A warehouse that writes down its statements on their way, and how many run at once. */
function watched(before: (sql: string) => Promise<void> = async () => {}) {
  const statements: string[] = [];
  let running = 0;
  let most = 0;
  const on: Warehouse = {
    async execute(sql, binds) {
      statements.push(sql.split(' ')[0] ?? '');
      running += 1;
      most = Math.max(most, running);
      try {
        await before(sql);
        return await warehouse.execute(sql, binds);
      } finally {
        running -= 1;
      }
    },
    close: async () => {},
  };
  return { on, statements, most: () => most };
}

const rowsOf = async (partition: number): Promise<number> => {
  const rows = await readRowIdentities(warehouse, PLACE, 'NAPS', 'naps');
  return rows.filter((row) => row.partition === partition).reduce((sum, row) => sum + row.rows, 0);
};

test('a redelivered batch adds no row, and says that its rows were there', async () => {
  const sink = createSink(contract, depsOn(warehouse));
  const batch = [accepted(1, 0n), accepted(1, 1n, null)];
  expect(await sink.write(batch, signal)).toEqual({ inserted: 2, present: 0 });
  expect(await sink.write(batch, signal)).toEqual({ inserted: 0, present: 2 });
  expect(await sink.write([...batch, accepted(1, 2n)], signal)).toEqual({ inserted: 1, present: 2 });
  expect(await rowsOf(1)).toBe(3);
});

test('a record that stands in a flush twice becomes one row', async () => {
  const sink = createSink(contract, depsOn(warehouse));
  await sink.write([accepted(2, 0n), accepted(2, 0n)], signal);
  expect(await rowsOf(2)).toBe(1);
});

test('other bytes under a known identity halt: the topic was recreated', async () => {
  const sink = createSink(contract, depsOn(warehouse));
  await sink.write([accepted(3, 0n, 1, 'first')], signal);
  await expect(sink.write([accepted(3, 0n, 1, 'other')], signal)).rejects.toMatchObject({
    code: 'IDENTITY_REUSED',
    context: { partition: 3, offset: '0' },
  });
  expect(await rowsOf(3)).toBe(1);
});

test('rows that somebody deletes while they are written again are no reused identity: they are written again', async () => {
  let deletes = 1;
  const on: Warehouse = {
    async execute(sql, binds) {
      const result = await warehouse.execute(sql, binds);
      if (sql.startsWith('MERGE') && deletes-- > 0)
        await warehouse.execute('DELETE FROM "DB"."PUBLIC"."NAPS" WHERE "_PARTITION" = 4');
      return result;
    },
    close: async () => {},
  };
  await createSink(contract, depsOn(warehouse)).write([accepted(4, 0n)], signal);
  const sink = createSink(contract, depsOn(on));
  await expect(sink.write([accepted(4, 0n)], signal)).rejects.toMatchObject({ retryable: true });
  expect(await sink.write([accepted(4, 0n)], signal)).toEqual({ inserted: 1, present: 0 });
});

test('partitions that write at once share a MERGE, and there is never a second one in flight', async () => {
  const { on, statements, most } = watched();
  const sink = createSink(contract, depsOn(on));
  const results = await Promise.all(
    [10, 11, 12, 13].map((partition) => sink.write([accepted(partition, 0n)], signal)),
  );
  expect(results).toEqual(Array(4).fill({ inserted: 1, present: 0 }));
  expect(statements).toEqual(['MERGE']);
  await Promise.all(
    Array.from({ length: 20 }, (_, offset) => sink.write([accepted(14, BigInt(offset))], signal)),
  );
  expect(most()).toBe(1);
});

test('what arrives while a MERGE is in flight waits for it, and goes out with the next one', async () => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const { on, statements, most } = watched(async () => {
    begun.resolve();
    await go.promise;
  });
  const sink = createSink(contract, depsOn(on));
  const first = sink.write([accepted(15, 0n)], signal);
  await begun.promise;
  const others = [16, 17].map((partition) => sink.write([accepted(partition, 0n)], signal));
  // Whatever was to be sent beside it has been by now.
  await warehouse.execute('SELECT 1');
  expect(statements).toEqual(['MERGE']);
  go.resolve();
  await Promise.all([first, ...others]);
  expect([statements, most()]).toEqual([['MERGE', 'MERGE'], 1]);
});

test('a flush is limited in rows and in characters, and a large batch is cut', async () => {
  const { on, statements } = watched();
  const options = { maxRows: 4, maxCharacters: 1_000_000, lingerMs: 0 };
  const sink = createSink(contract, { ...depsOn(on), options });
  const batch = Array.from({ length: 10 }, (_, offset) => accepted(20, BigInt(offset)));
  expect(await sink.write(batch, signal)).toEqual({ inserted: 10, present: 0 });
  expect(statements).toEqual(['MERGE', 'MERGE', 'MERGE']);
  const tight = createSink(contract, {
    ...depsOn(on),
    options: { maxRows: 1000, maxCharacters: 500, lingerMs: 0 },
  });
  expect(
    await tight.write(
      batch.map(({ origin }) => accepted(21, origin.offset)),
      signal,
    ),
  ).toMatchObject({ inserted: 10 });
  expect(statements.length).toBeGreaterThan(6);
});

test('a failure reaches every caller of the flush, and the sink works on afterwards', async () => {
  let failures = 1;
  const { on } = watched(async () => {
    if (failures-- > 0) throw new ZonerError('WAREHOUSE_UNAVAILABLE', 'down');
  });
  const sink = createSink(contract, depsOn(on));
  const tries = await Promise.allSettled([
    sink.write([accepted(30, 0n)], signal),
    sink.write([accepted(31, 0n)], signal),
  ]);
  expect(tries.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await sink.write([accepted(30, 0n)], signal)).toEqual({ inserted: 1, present: 0 });
});

test('rows that were written although the answer was lost are not written twice', async () => {
  let lost = true;
  const on: Warehouse = {
    async execute(sql, binds) {
      const result = await warehouse.execute(sql, binds);
      if (lost && sql.startsWith('MERGE')) {
        lost = false;
        throw new ZonerError('WAREHOUSE_UNAVAILABLE', 'the connection was lost');
      }
      return result;
    },
    close: async () => {},
  };
  const sink = createSink(contract, depsOn(on));
  await expect(sink.write([accepted(40, 0n)], signal)).rejects.toSatisfy((error) =>
    isZonerError(error, 'WAREHOUSE_UNAVAILABLE'),
  );
  expect(await sink.write([accepted(40, 0n)], signal)).toEqual({ inserted: 0, present: 1 });
  expect(await rowsOf(40)).toBe(1);
});

test('the one row that the warehouse refuses comes back with the reason, and all others are rows', async () => {
  const { on, statements } = watched();
  const picky: Warehouse = {
    async execute(sql, binds) {
      if (sql.startsWith('MERGE') && binds?.[0]?.includes('"_OFFSET":"5"')) {
        statements.push('REFUSED');
        throw new ZonerError('DATA_REFUSED', 'a value does not fit its column');
      }
      return on.execute(sql, binds);
    },
    close: async () => {},
  };
  const sink = createSink(contract, depsOn(picky));
  const batch = Array.from({ length: 9 }, (_, offset) => accepted(50, BigInt(offset)));
  expect(await sink.write(batch, signal)).toMatchObject({
    inserted: 8,
    present: 0,
    refused: [{ accepted: { origin: { offset: 5n } }, code: 'DATA_REFUSED' }],
  });
  expect(await rowsOf(50)).toBe(8);
});

test('what no column has room for is refused before any statement', async () => {
  const { on, statements } = watched();
  const sink = createSink(contract, depsOn(on));
  const good = accepted(51, 0n);
  const late = { ...good, origin: { ...good.origin, offset: 1n, timestamp: 2n ** 61n } };
  expect(await sink.write([late], signal)).toMatchObject({
    inserted: 0,
    refused: [{ code: 'VALUE_INVALID', reason: '_TIMESTAMP: a timestamp outside the years 1 to 9999' }],
  });
  expect(statements).toEqual([]);
  expect(await sink.write([good, late], signal)).toMatchObject({ inserted: 1, refused: [{}] });
});

test('one identity with two contents in one flush halts, and writes nothing', async () => {
  const sink = createSink(contract, depsOn(warehouse));
  const twice = [accepted(52, 0n, 1, 'first'), accepted(52, 0n, 1, 'other')];
  await expect(sink.write(twice, signal)).rejects.toMatchObject({ code: 'IDENTITY_REUSED' });
  expect(await rowsOf(52)).toBe(0);
});

test('a server that applies a MERGE and drops the connection leads to no second row', async () => {
  server.addFault({ matches: 'MERGE INTO', action: { kind: 'drop' }, times: 1 });
  const sink = createSink(contract, depsOn(warehouse));
  await sink.write([accepted(53, 0n)], signal);
  expect(await rowsOf(53)).toBe(1);
});

test('two consumers that write the same records at the same moment leave one row each', async () => {
  const other = createWarehouse(
    { account: 'local', user: 'u', auth: { password: 'p' }, ...PLACE, ...sessionOn(server) },
    { appVersion: '0' },
  );
  const sinks = [warehouse, other].map((on) => createSink(contract, depsOn(on)));
  for (let batch = 0; batch < 20; batch += 1) {
    const records = Array.from({ length: 50 }, (_, index) => accepted(54, BigInt(50 * batch + index)));
    await Promise.all(sinks.map((sink) => sink.write(records, signal)));
  }
  expect(await rowsOf(54)).toBe(1000);
  await other.close();
});

test('however many rows a flush has, they are one bind and no DDL, and a null in the first stays one', async () => {
  const sent: (readonly string[] | undefined)[] = [];
  const on: Warehouse = {
    execute: (sql, binds) => {
      sent.push(binds);
      return warehouse.execute(sql, binds);
    },
    close: async () => {},
  };
  // The driver's own way with many values begins with a stage, in the transaction of whoever asked.
  server.addFault({
    matches: 'TEMPORARY STAGE',
    action: { kind: 'refuse', code: '001003', sqlState: '42000', message: 'a stage was made' },
    times: 1,
  });
  const rows = Array.from({ length: 1000 }, (_, at) => accepted(55, BigInt(at), at === 0 ? null : at));
  await createSink(contract, depsOn(on)).write(rows, signal);
  expect(sent.map((binds) => binds?.length)).toEqual([1]);
  await expect(warehouse.execute('CREATE TEMPORARY STAGE "S"')).rejects.toThrow(/a stage was made/);
  const filled = await warehouse.execute(
    'SELECT COUNT(*), COUNT("MINUTES") FROM "DB"."PUBLIC"."NAPS" WHERE "_PARTITION" = 55',
  );
  expect(filled.rows).toEqual([['1000', '999']]);
});

test('the session ends a statement before our deadline does, and one that nobody waits for', () => {
  expect(server.parameters()).toContainEqual(
    expect.objectContaining({ STATEMENT_TIMEOUT_IN_SECONDS: '45', ABORT_DETACHED_QUERY: 'TRUE' }),
  );
});

test('whatever is delivered again and again, each identity ends as one row', async () => {
  let partition = 100;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.bigInt({ min: 0n, max: 9n }), { maxLength: 8 }), { maxLength: 6 }),
      async (batches) => {
        partition += 1;
        const sink = createSink(contract, depsOn(warehouse));
        const write = (offsets: readonly bigint[]): Promise<unknown> => {
          const records: AcceptedRecord[] = offsets.map((offset) => accepted(partition, offset));
          return records.length === 0 ? Promise.resolve() : sink.write(records, signal);
        };
        await Promise.all(batches.map(write));
        expect(await rowsOf(partition)).toBe(new Set(batches.flat()).size);
      },
    ),
    { numRuns: 15 },
  );
});
