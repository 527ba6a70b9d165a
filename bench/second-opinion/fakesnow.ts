import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Asked, Outcome, Script } from '#bench/second-opinion/asked.ts';
import type { Tools } from '#bench/second-opinion/tools.ts';
import { isZonerError, ZonerError } from '#core/errors.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { type Place, qualified, quoted } from '#snowflake/names.ts';
import type { StatementResult, Warehouse } from '#snowflake/warehouse.ts';
import { freePorts } from '#stack/ports.ts';

const SERVER = fileURLToPath(new URL('./fakesnow_server.py', import.meta.url));
const START_DEADLINE_MS = 60_000;

/** What fakesnow says to a statement, beside the statement. */
export interface Answer {
  readonly asked: Asked;
  readonly outcome: Outcome;
}

/** Runs every script again on fakesnow, through the same driver. */
export async function askFakesnow(
  { python }: Tools,
  scripts: readonly Script[],
): Promise<ReadonlyMap<Script, readonly Answer[]>> {
  const [port = 0] = await freePorts(1);
  const server = spawn('python3', ['-W', 'ignore', SERVER, String(port)], {
    env: { ...process.env, PYTHONPATH: python },
    stdio: 'ignore',
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    await waitFor(url, () => server.exitCode !== null);
    const answers = new Map<Script, readonly Answer[]>();
    for (const script of scripts) {
      const warehouse = connect(url);
      answers.set(script, await replay(warehouse, script));
      await warehouse.close();
    }
    return answers;
  } finally {
    server.kill();
  }
}

function connect(accessUrl: string): Warehouse {
  const place = { database: 'X', schema: 'PUBLIC', warehouse: null, role: null };
  const config = { account: 'fakesnow', user: 'u', auth: { password: 'p' }, accessUrl, ...place };
  return createWarehouse(config, { appVersion: 'second-opinion' });
}

async function replay(warehouse: Warehouse, { asked, place }: Script): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const each of asked) {
    try {
      const { rows } = await executeThere(warehouse, place, each);
      answers.push({ asked: each, outcome: { kind: 'accepted', rows } });
    } catch (error) {
      if (!isZonerError(error)) throw error;
      const { snowflake } = error.context;
      const code = typeof snowflake === 'string' ? snowflake : error.code;
      answers.push({ asked: each, outcome: { kind: 'refused', code, says: error.message } });
    }
  }
  return answers;
}

const SOURCE = /USING \(([\s\S]*?)\) AS s\b/;

/**
 * What fakesnow cannot read is put to it in other words: a cast of a bind; a column of INFORMATION_SCHEMA that it lacks;
 * the source of a MERGE, of which it makes a join that DuckDB cannot flatten in, as a table of its own.
 */
async function executeThere(
  warehouse: Warehouse,
  { database, schema }: Place,
  { sql: given, binds }: Asked,
): Promise<StatementResult> {
  const sql = given
    .replace(/\?::(NUMBER\(\d+,\d+\))/g, 'CAST(? AS $1)')
    .replace(/\bDATETIME_PRECISION\b/, 'NULL AS DATETIME_PRECISION');
  if (/^CREATE SCHEMA\b/.test(sql)) {
    const made = await warehouse.execute(sql);
    // Its own functions, such as that for FLATTEN, stand in the current schema.
    await warehouse.execute(`USE SCHEMA ${quoted(database)}.${quoted(schema)}`);
    return made;
  }
  const source = /^MERGE\b/.test(sql) ? SOURCE.exec(sql)?.[1] : undefined;
  if (source === undefined) return warehouse.execute(sql, binds);
  const table = qualified({ database, schema }, 'SOURCE_OF_MERGE');
  await warehouse.execute(`CREATE OR REPLACE TABLE ${table} AS ${source}`, binds);
  try {
    return await warehouse.execute(sql.replace(SOURCE, () => `USING ${table} AS s`));
  } finally {
    await warehouse.execute(`DROP TABLE ${table}`);
  }
}

async function waitFor(url: string, ended: () => boolean): Promise<void> {
  const end = performance.now() + START_DEADLINE_MS;
  for (;;) {
    const answers = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answers) return;
    if (ended() || performance.now() > end) throw new ZonerError('STACK_START', 'fakesnow does not start');
    await sleep(100);
  }
}
