import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isZonerError } from '#core/errors.ts';
import { CASES, inPlace, SETUP, type StatementCase } from '#snowflake/local/contract-cases.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/** Where the contract is held: the local Snowflake, or a real account. */
export interface ContractPlace {
  readonly isReal: boolean;
  /** A database of that name is made, and dropped at the end. */
  readonly database: string;
  open(): Promise<void>;
  /** A session of its own. */
  connect(): Warehouse;
  close(): Promise<void>;
}

/**
 * Runs every case and every scenario. On a real account, cases that are stricter on purpose are left out, and a code that
 * no page names may be any code.
 */
export function holdContract(place: ContractPlace): void {
  const at = `"${place.database}"."PUBLIC"`;
  let warehouse: Warehouse;
  const run = (sql: string, binds: readonly string[] = [], on = warehouse) =>
    on.execute(inPlace(sql, at), binds);
  const rowsOf = async (sql: string): Promise<unknown> => (await run(sql)).rows;
  const codeOf = async (sql: string): Promise<unknown> => {
    try {
      await run(sql);
      return 'accepted';
    } catch (error) {
      return isZonerError(error) ? error.context.snowflake : error;
    }
  };

  beforeAll(async () => {
    await place.open();
    warehouse = place.connect();
    await warehouse.execute(`CREATE DATABASE IF NOT EXISTS "${place.database}"`);
    await warehouse.execute(`CREATE SCHEMA IF NOT EXISTS ${at}`);
  });
  afterAll(async () => {
    await warehouse.execute(`DROP DATABASE IF EXISTS "${place.database}"`);
    await warehouse.close();
    await place.close();
  });
  beforeEach(async () => {
    for (const sql of SETUP) await run(sql);
  });

  const cases = CASES.filter(({ stricter }) => !place.isReal || stricter !== true);
  test.each(cases.map((each) => [each.page, titleOf(each), each] as const))(
    '%s: %s',
    async (_page, _title, each) => {
      for (const sql of each.before ?? []) await run(sql);
      const { gives } = each;
      if (gives === 'accepted') await run(each.sql, each.binds);
      else if ('code' in gives) {
        const error = await run(each.sql, each.binds).catch((reason: unknown) => reason);
        const code = isZonerError(error) ? error.context.snowflake : 'accepted';
        if (place.isReal && each.anyCode === true) expect(code).toMatch(/^\d{6}$/);
        else expect(code).toBe(gives.code);
      } else expect((await run(each.sql, each.binds)).rows).toEqual(gives);
    },
  );

  test('sql-reference/transactions: a failed statement leaves the transaction open, with what it had written', async () => {
    await run('BEGIN');
    await run('INSERT INTO {T} ("K", "N") VALUES (2, 1)');
    expect(await codeOf(`INSERT INTO {T} ("S", "N") VALUES ('too long', 1)`)).toBe('100078');
    await run('COMMIT');
    expect(await rowsOf('SELECT "K" FROM {T} ORDER BY "K"')).toEqual([['1'], ['2']]);
  });

  test('sql-reference/transactions: DDL commits what is open, and a rollback after it takes nothing back', async () => {
    await run('BEGIN');
    await run('DELETE FROM {T}');
    await run('ALTER TABLE {T} ADD COLUMN "D" DATE');
    await run('ROLLBACK');
    expect(await rowsOf('SELECT COUNT(*) AS N FROM {T}')).toEqual([['0']]);
  });

  test('sql-reference/transactions: other sessions see nothing before the commit', async () => {
    await run('BEGIN');
    await run('DELETE FROM {T}');
    const other = place.connect();
    expect((await run('SELECT COUNT(*) AS N FROM {T}', [], other)).rows).toEqual([['1']]);
    await other.close();
    await run('ROLLBACK');
  });

  test('sql-reference/constraints-overview: keys are not enforced', async () => {
    await run('INSERT INTO {T} ("K", "N") VALUES (1, 1), (1, 1)');
    expect(await rowsOf('SELECT COUNT(*) AS N FROM {T} WHERE "K" = 1')).toEqual([['3']]);
  });

  const merge = (source: string, clauses: string): string =>
    `MERGE INTO {T} AS t USING (${source}) AS s ON t."K" = s.K ${clauses}`;
  const twice = (key: number): string => `SELECT ${key} AS K UNION ALL SELECT ${key} AS K`;

  test('sql-reference/sql/merge: two source rows for one row to update are an error', async () => {
    expect(await codeOf(merge(twice(1), `WHEN MATCHED THEN UPDATE SET "S" = 'x'`))).toBe('100090');
  });

  test('sql-reference/sql/merge: two source rows for one row to insert are two rows, and it says so', async () => {
    const insert = merge(twice(7), 'WHEN NOT MATCHED THEN INSERT ("K", "N") VALUES (s.K, 1)');
    expect((await run(insert)).affected).toBe(2);
    expect((await run(insert)).affected).toBe(0);
  });

  test('sql-reference/sql/create-view: a view whose column is gone fails, and works once it is replaced', async () => {
    await run('CREATE OR REPLACE VIEW {AT}."W" AS SELECT "S" FROM {T}');
    await run('ALTER TABLE {T} DROP COLUMN "S"');
    // Snowflake names the view's text in the one case and the column in the other.
    expect(await codeOf('SELECT * FROM {AT}."W"')).toMatch(/^\d{6}$/);
    await run(
      `CREATE OR REPLACE VIEW {AT}."W" ("K" COMMENT 'the key') COPY GRANTS COMMENT = 'a view' AS SELECT "K" FROM {T}`,
    );
    expect(await rowsOf('SELECT * FROM {AT}."W"')).toEqual([['1']]);
    await run('DROP VIEW {AT}."W"');
  });
}

function titleOf({ promise, stricter, anyCode }: StatementCase): string {
  return `${promise}${stricter === true ? ' (stricter on purpose)' : ''}${anyCode === true ? ' (code unconfirmed)' : ''}`;
}
