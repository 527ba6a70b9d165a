/** A local Snowflake in this process with the product's driver on it, for tests. */
import { createWarehouse } from '#snowflake/driver.ts';
import { type Engine, openEngine } from '#snowflake/local/engine.ts';
import { type LocalSnowflake, serve } from '#snowflake/local/server.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

export interface Lab {
  readonly server: LocalSnowflake;
  readonly warehouse: Warehouse;
  /** Another session, with the rights of a role or with all. */
  connect(role?: string | null): Warehouse;
  close(): Promise<void>;
}

export async function openLab(): Promise<Lab> {
  const engine: Engine = await openEngine(null);
  const server = await serve(engine, 0);
  const open: Warehouse[] = [];
  const connect = (role: string | null = null): Warehouse => {
    const place = { database: 'DB', schema: 'PUBLIC', warehouse: null, role };
    const config = { account: 'local', user: 'u', auth: { password: 'p' }, accessUrl: server.url, ...place };
    const warehouse = createWarehouse(config, { appVersion: '0' });
    open.push(warehouse);
    return warehouse;
  };
  return {
    server,
    warehouse: connect(),
    connect,
    async close() {
      for (const warehouse of open) await warehouse.close();
      await server.close();
      engine.close();
    },
  };
}
