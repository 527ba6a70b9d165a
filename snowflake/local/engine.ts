import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { CatalogEntry, CurrentSchema } from '#snowflake/local/catalog.ts';
import { duckdbFunctions } from '#snowflake/local/duckdb-functions.ts';
import { textLiteral } from '#snowflake/local/generate-expression.ts';
import { Locks } from '#snowflake/local/locks.ts';
import { MACROS } from '#snowflake/local/macros.ts';
import { Session } from '#snowflake/local/session.ts';
import { readCatalog } from '#snowflake/local/store.ts';

/** The role of whoever names none: they may do everything. */
const ADMINISTRATOR = 'ACCOUNTADMIN';

export interface Engine {
  /**
   * A session of its own; several run side by side.
   * @param current what short names in its queries are of
   * @param role with whose rights, and what masking policies ask for; one that was not created here may do everything
   */
  openSession(
    beforeCommit: (sql: string) => Promise<void>,
    current?: CurrentSchema | null,
    role?: string | null,
  ): Promise<Session>;
  close(): void;
}

/** Snowflake's statements on DuckDB. `path` is a file that keeps everything that was acknowledged, or null. */
export async function openEngine(path: string | null): Promise<Engine> {
  const instance = await DuckDBInstance.create(path ?? ':memory:');
  const connect = async (): Promise<DuckDBConnection> => {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    for (const macro of MACROS) await connection.run(macro);
    return connection;
  };
  const first = await connect();
  for (const each of duckdbFunctions()) first.registerScalarFunction(each);
  const catalog: Map<string, CatalogEntry> = await readCatalog(first);
  const locks = new Locks();
  return {
    async openSession(beforeCommit, current = null, role = null) {
      const connection = await connect();
      await connection.run(`SET VARIABLE zoner_role = ${textLiteral(role ?? ADMINISTRATOR)}`);
      return new Session({ connection, catalog, locks, current, role, beforeCommit });
    },
    close() {
      first.closeSync();
      instance.closeSync();
    },
  };
}
