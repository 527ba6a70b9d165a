import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EVENT_CONTRACT } from '#bench/kafka/event-contract.ts';
import { parseConfig } from '#core/config.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import type { Place } from '#snowflake/names.ts';
import { type Table, tableOf } from '#snowflake/table.ts';
import { createTable } from '#snowflake/table-ddl.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';
import { stopProcess } from '#stack/local-process.ts';
import { createRunFolder } from '#stack/run-folder.ts';
import { startSnowflake } from '#stack/snowflake-process.ts';

/** The local Snowflake in a process of its own, with one table of the event. */
export interface LocalWarehouse {
  readonly warehouse: Warehouse;
  readonly table: Table;
  readonly place: Place;
  /** By name, what the warehouse's process took for each row, in microseconds, measurement by measurement. */
  readonly costs: Map<string, number[]>;
  /** By name, how many statements a thousand rows took. */
  readonly statements: Map<string, number>;
  /** Runs the work and notes what it cost the warehouse. */
  costing(name: string, rows: number, work: () => Promise<void>): Promise<void>;
  /** Each statement goes out so much later from now on, as to a warehouse that is far away. */
  delay(ms: number): void;
  close(): Promise<void>;
}

/** Linux counts processor time in hundredths of a second for every process (proc(5), fields 14 and 15). */
const TICKS_A_SECOND = 100;

export async function openLocalWarehouse(): Promise<LocalWarehouse> {
  const folder = createRunFolder();
  const { identity, env } = await startSnowflake({
    folder: folder.path,
    signal: new AbortController().signal,
    onProcess: folder.recordProcess,
  });
  const config = parseConfig({ ...env }).snowflake;
  if (config === null) throw new Error('the local Snowflake has no settings');
  const driver = createWarehouse(config, { appVersion: 'bench' });
  let asked = 0;
  let delayMs = 0;
  const warehouse: Warehouse = {
    ...driver,
    async execute(...statement) {
      asked += 1;
      if (delayMs > 0) await sleep(delayMs);
      return await driver.execute(...statement);
    },
  };
  const place = { database: config.database, schema: config.schema };
  const table = tableOf(EVENT_CONTRACT);
  await warehouse.execute(`CREATE DATABASE IF NOT EXISTS ${place.database}`);
  await warehouse.execute(createTable(table, place));
  const costs = new Map<string, number[]>();
  const statements = new Map<string, number>();
  return {
    warehouse,
    table,
    place,
    costs,
    statements,
    async costing(name, rows, work) {
      const before = processorSeconds(identity.pid);
      const askedBefore = asked;
      await work();
      const taken = processorSeconds(identity.pid) - before;
      statements.set(name, (1000 * (asked - askedBefore)) / rows);
      costs.set(name, [...(costs.get(name) ?? []), (1e6 * taken) / rows]);
    },
    delay(ms) {
      delayMs = ms;
    },
    async close() {
      await warehouse.close();
      await stopProcess(identity);
      folder.remove();
    },
  };
}

function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
