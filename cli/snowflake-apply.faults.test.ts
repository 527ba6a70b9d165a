import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ZonerProcesses, zonerIn } from '#cli/zoner-process.ts';
import { EMPTY_LOCK } from '#contract/lock/lock.ts';
import { writeLock } from '#contract/lock/lock-file.ts';
import { mergeIntoLock } from '#contract/lock/merge-lock.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { tableFingerprint, viewFingerprint } from '#snowflake/fingerprints.ts';
import { NAPS, recordOf, TRIPS } from '#snowflake/generations.ts';
import { inspect } from '#snowflake/inspect.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';
import { liveConfig, liveEnvironment } from '#stack/live-environment.ts';

/** `zoner snowflake apply` as a process that is killed without a chance to tidy up, at a random statement each time. */

const ROUNDS = 6;
const CONTRACTS = [
  ['naps', 'NAPS', NAPS],
  ['trips', 'TRIPS', TRIPS],
] as const;

let folder = '';
let warehouse: Warehouse;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-killed-'));
  for (const generation of [1, 2, 3])
    await writeGeneration(join(folder, `generation-${generation}`), generation);
  const { snowflake } = liveConfig();
  if (snowflake === null) throw new Error('the services have a Snowflake');
  warehouse = createWarehouse(snowflake, { appVersion: '0' });
});
afterAll(async () => {
  await warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A schemas folder in which both contracts stand at this generation, and a lock that knows those before it. */
async function writeGeneration(schemas: string, generation: number): Promise<void> {
  const held = CONTRACTS.map(([name, table, generations]) => {
    mkdirSync(join(schemas, name), { recursive: true });
    const settings = { topic: name, key: 'user', id: 'user', compatibility: 'NONE', table };
    writeFileSync(join(schemas, name, 'contract.json'), JSON.stringify(settings));
    const texts = generations.slice(0, generation).map((fields) => recordOf(table, fields));
    writeFileSync(join(schemas, name, `${name}.avsc`), texts.at(-1) ?? '');
    const subject = `${name}-value`;
    const versions = texts.slice(0, -1).map((text, index) => {
      return { subject, version: index + 1, id: index + 1, text, references: [] };
    });
    return { subject, level: 'NONE' as const, versions };
  });
  await writeLock(
    schemas,
    mergeIntoLock(
      EMPTY_LOCK,
      'local',
      held.filter(({ versions }) => versions.length > 0),
    ),
  );
}

function programOn(database: string): ZonerProcesses {
  return zonerIn(folder, { ...liveEnvironment(), SNOWFLAKE_DATABASE: database });
}

const at = (generation: number): readonly string[] => ['--schemas', `generation-${generation}`];
const newDatabase = (): string => `KILLED_${randomBytes(4).toString('hex').toUpperCase()}`;

/** A database at a generation, with a row in each table. */
async function prepare(generation: number): Promise<string> {
  const database = newDatabase();
  await programOn(database).done('snowflake', 'apply', ...at(generation));
  const meta = `'t', 0, 0, '2026-03-02T07:30:00Z'::TIMESTAMP_TZ(3), 1, 'x', '2026-03-02T07:30:00Z'::TIMESTAMP_TZ(3)`;
  const columns =
    '"USER", "_TOPIC", "_PARTITION", "_OFFSET", "_TIMESTAMP", "_SCHEMA_ID", "_VALUE_SHA256", "_LOADED_AT"';
  const [more, value] = generation === 1 ? ['"PLACE"', `'sofa'`] : ['"MOOD"', `'well'`];
  const into = `INSERT INTO "${database}"."PUBLIC"`;
  await warehouse.execute(
    `${into}."NAPS" (${columns}, "MINUTES", ${more}) SELECT 'ada', ${meta}, 7, ${value}`,
  );
  await warehouse.execute(`${into}."TRIPS" (${columns}, "FROM") SELECT 'ada', ${meta}, 'x'`);
  return database;
}

/** Tables, views and rows: everything but the order of columns. */
async function stateOf(database: string): Promise<unknown> {
  const { tables, views } = await inspect(warehouse, { database, schema: 'PUBLIC' });
  const state: Record<string, unknown> = {};
  for (const [name, table] of tables) if (!name.startsWith('ZONER_')) state[name] = tableFingerprint(table);
  for (const [name, view] of views) {
    const definition = view.definition?.replaceAll(database, 'DB') ?? null;
    const columns = [...view.columns].map((column) => `"${column.name}"`).sort();
    const { rows } = await warehouse.execute(
      `SELECT ${columns.join(', ')} FROM "${database}"."PUBLIC"."${name}"`,
    );
    state[name] = [viewFingerprint({ ...view, definition }), rows];
  }
  return state;
}

/** Starts an apply and kills it once it has told of so many statements, or a little later. @returns its last words */
async function applyAndKill(
  program: ZonerProcesses,
  args: readonly string[],
  after: number,
  laterMs: number,
) {
  const { child, ended } = program.start('snowflake', 'apply', ...args);
  let told = 0;
  child.stdout?.on('data', async (text: Buffer) => {
    told += String(text).split('✓').length - 1;
    if (told < after) return;
    await sleep(laterMs);
    child.kill('SIGKILL');
  });
  return ended;
}

test('killed at random statements, again and again, it ends as if never killed', async () => {
  const seed = Number(process.env.ZONER_SEED ?? randomInt(2 ** 31));
  process.stderr.write(`seed ${seed}: ZONER_SEED=${seed} repeats it\n`);
  let state = seed;
  const upTo = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
  const wanted = new Map<number, unknown>();
  for (const start of [1, 2]) {
    const database = await prepare(start);
    await programOn(database).done('snowflake', 'apply', ...at(3));
    wanted.set(start, await stateOf(database));
  }
  const rounds = Array.from({ length: ROUNDS }, (_, index) => {
    return {
      start: 1 + (index % 2),
      fromFile: index % 3 === 0,
      kills: [upTo(20), upTo(8)],
      laterMs: upTo(30),
    };
  });
  // Each waits for the lease of the killed one, so they run side by side.
  let killed = 0;
  const outcomes = await Promise.all(
    rounds.map(async ({ start, fromFile, kills, laterMs }, index) => {
      const database = await prepare(start);
      const program = programOn(database);
      const plan = `plan-${index}.json`;
      if (fromFile) await program.run('snowflake', 'plan', ...at(3), '--out', plan);
      const args = fromFile ? [plan, ...at(3)] : at(3);
      for (const after of kills) {
        const { code } = await applyAndKill(program, args, after + 1, laterMs);
        if (code === -1) killed += 1;
      }
      await program.done('snowflake', 'apply', ...args);
      const again = await program.run('snowflake', 'plan', ...at(3));
      return { start, code: again.code, state: await stateOf(database) };
    }),
  );
  for (const { start, code, state: ended } of outcomes) {
    expect(code).toBe(0);
    expect(ended).toEqual(wanted.get(start));
  }
  expect(killed).toBeGreaterThanOrEqual(ROUNDS);
});
