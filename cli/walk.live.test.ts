import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireSnowflake } from '#cli/settings.ts';
import { createKafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { liveConfig, liveEnvironment } from '#stack/live-environment.ts';

/**
 * The walk of the README with the real program on the real services, with a consumer that is killed on the way. This is
 * the only live test that uses the topics of the repository's own contracts.
 */

const PROGRAM = fileURLToPath(new URL('./zoner.ts', import.meta.url));
const CHECKER = fileURLToPath(new URL('../stack/independent-account.ts', import.meta.url));
const DATABASE = `WALK_${randomBytes(4).toString('hex').toUpperCase()}`;
const env = { ...liveEnvironment(), SNOWFLAKE_DATABASE: DATABASE, NO_COLOR: '1' };
const GROUP = 'zoner-warehouse';
const SHORT_SESSION = ['--session-timeout', '1500'];

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-walk-'));
  cpSync('schemas', join(folder, 'schemas'), { recursive: true });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

const zoner = (...args: string[]): Promise<Ended> => run(PROGRAM, args);

/** Runs a command that has to end well. */
async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await zoner(...args);
  expect({ code, stderr: code === 0 ? '' : stderr }, args.join(' ')).toEqual({ code: 0, stderr: '' });
  return stdout;
}

test('a command that comes too early says which one has to come first', async () => {
  expect(await zoner('produce')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('zoner registry apply'),
  });
  await done('registry', 'apply');
  expect(await zoner('produce')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('zoner topics apply'),
  });
  await done('topics', 'apply');
  expect(await zoner('consume', '--until-end')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('zoner snowflake apply'),
  });
});

test('plan says what is missing with exit code 2, and after apply there is nothing to do', async () => {
  expect((await zoner('snowflake', 'plan')).code).toBe(2);
  await done('snowflake', 'apply');
  for (const room of ['registry', 'topics', 'snowflake']) {
    expect(await done(room, 'plan')).toContain('nothing to do');
    expect(await done(room, 'apply')).toContain('0 changes made');
  }
});

test('a consumer killed in the middle loses nothing and doubles nothing', async () => {
  const seed = randomInt(1_000_000);
  process.stderr.write(`walk: seed ${seed}\n`);
  const kills = await killConsumers(3, seed);
  expect(
    kills.filter(({ committed, high }) => committed < high),
    JSON.stringify(kills),
  ).not.toEqual([]);
  await done('consume', '--until-end', '--unknown-wait', '0.2', ...SHORT_SESSION);

  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const tombstones = sum(kills.map(({ broken }) => broken['null value'] ?? 0));
  const letters = sum(kills.flatMap(({ broken }) => Object.values(broken))) - tombstones;
  const accounts = JSON.parse(await done('reconcile', '--format', 'json')) as Record<
    string,
    Record<string, number>
  >;
  const activity = accounts['user-activity'] ?? {};
  expect(activity).toMatchObject({ deadLetters: letters, skipped: tombstones, gaps: [], doubles: [] });
  expect(accounts['trip-plan']).toMatchObject({ produced: kills.length, rows: kills.length });
  const independent = await run(CHECKER, ['user_activity', `${DATABASE}.PUBLIC.USER_ACTIVITY`]);
  const { produced, rows } = activity;
  expect(JSON.parse(independent.stdout)).toEqual({
    produced,
    rows,
    deadLetters: letters,
    skipped: tombstones,
    findings: 0,
  });
}, 120_000);

test('consuming again finds nothing to do, and reconcile stays clean', async () => {
  await done('consume', '--until-end', '--unknown-wait', '0.2', ...SHORT_SESSION);
  await done('reconcile');
});

test('rows that a wrong mapping spoilt are written anew in place, from the retained records', async () => {
  const warehouse = createWarehouse(requireSnowflake(liveConfig()), { appVersion: 'test' });
  const table = `"${DATABASE}"."PUBLIC"."USER_ACTIVITY"`;
  const read = async () => {
    const sql = `SELECT "USER_ID", COUNT(*), COUNT("_HEADERS") FROM ${table} GROUP BY "USER_ID" ORDER BY "USER_ID"`;
    return (await warehouse.execute(sql)).rows;
  };
  const before = await read();
  await warehouse.execute(`UPDATE ${table} SET "USER_ID" = 'nobody', "_HEADERS" = NULL WHERE "_OFFSET" > 3`);
  expect(await read()).not.toEqual(before);
  const rows = before.reduce((sum, [, count]) => sum + Number(count), 0);
  const told = JSON.parse(
    await done('consume', 'user-activity', '--from', '2000-01-01', '--overwrite', '--format', 'json'),
  ) as Record<string, { rewritten: number }>;
  expect(told['user-activity']).toMatchObject({ rewritten: rows, absent: 0, staleRows: 0 });
  expect(await read()).toEqual(before);
  await warehouse.close();
  expect(await zoner('consume', '--from', '1h')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('--overwrite'),
  });
});

test('recommendations come from the same records, and a fold repeated changes nothing', async () => {
  await done('recommend', '--until-end', ...SHORT_SESSION);
  const at = ['--at', '2026-03-04T20:00:00Z'];
  const before = await done('recommend', 'user-0002', ...at);
  expect(before).toMatch(/You usually sleep from \d\d:\d\d to \d\d:\d\d/);
  await done('recommend', '--until-end', ...SHORT_SESSION);
  expect(await done('recommend', 'user-0002', ...at)).toBe(before);
  await done('recommend', '--rebuild', ...SHORT_SESSION);
  expect(await done('recommend', 'user-0002', ...at)).toBe(before);
  expect(await done('recommend', 'nobody')).toContain('nothing to recommend');
});

test('dead letters are listed by cause', async () => {
  const listed = JSON.parse(
    await done('dead-letters', 'list', 'user-activity', '--format', 'json'),
  ) as Record<string, { causes: { code: string }[] }>;
  const codes = listed['user-activity']?.causes.map(({ code }) => code);
  expect(codes).toEqual(
    expect.arrayContaining(['NO_FRAME', 'UNKNOWN_SCHEMA_ID', 'SUBJECT_MISMATCH', 'UNDECODABLE']),
  );
});

test('query prints tables, JSON and CSV, and only reads', async () => {
  const sql = `SELECT MAX("STATUS") AS S FROM "${DATABASE}"."PUBLIC"."TRIP_PLAN"`;
  expect(await done('snowflake', 'query', sql)).toContain('1 row');
  expect(JSON.parse(await done('snowflake', 'query', sql, '--format', 'json'))).toEqual([{ S: 'PLANNED' }]);
  expect(await done('snowflake', 'query', sql, '--format', 'csv')).toBe('S\nPLANNED\n');
  expect((await zoner('snowflake', 'query', 'DROP TABLE x')).code).toBe(64);
});

interface Kill {
  readonly committed: number;
  /** The end of the log at that moment. */
  readonly high: number;
  /** What was broken in the records that were produced meanwhile. */
  readonly broken: Readonly<Record<string, number>>;
}

/** Starts consumers one after the other, each while records arrive, and kills each as soon as it has done something. */
async function killConsumers(rounds: number, seed: number): Promise<readonly Kill[]> {
  const offsets = createKafkajsOffsets(liveConfig().kafka);
  const warehouse = createWarehouse(requireSnowflake(liveConfig()), { appVersion: 'test' });
  const sum = (values: Iterable<bigint>): number =>
    Number([...values].reduce((total, value) => total + value, 0n));
  const committedNow = async (): Promise<number> =>
    sum((await offsets.committed(GROUP, 'user_activity')).values());
  const highNow = async () =>
    sum([...(await offsets.ranges('user_activity')).values()].map(({ high }) => high));
  const rowsNow = async (): Promise<number> => {
    const { rows } = await warehouse.execute(`SELECT COUNT(*) FROM "${DATABASE}"."PUBLIC"."USER_ACTIVITY"`);
    return Number(rows[0]?.[0]);
  };
  const kills: Kill[] = [];
  let random = seed;
  for (let round = 0; round < rounds; round += 1) {
    // Even rounds: once a commit is seen. Odd rounds: once rows are, whose commit may not have happened yet.
    const progress = round % 2 === 0 ? committedNow : rowsNow;
    const before = await progress();
    const child = spawn(process.execPath, [PROGRAM, 'consume', '--unknown-wait', '0', ...SHORT_SESSION], {
      cwd: folder,
      env,
      stdio: 'ignore',
    });
    const producing = done('produce', '--days', '3', '--seed', `${seed}/${round}`, '--format', 'json');
    await waitFor(async () => (await progress()) > before, child);
    random = (random * 48_271) % 2_147_483_647;
    await sleep(random % 40);
    await killed(child);
    const [committed, high] = await Promise.all([committedNow(), highNow()]);
    const { broken } = JSON.parse(await producing) as Pick<Kill, 'broken'>;
    kills.push({ committed, high, broken });
  }
  await Promise.all([offsets.close(), warehouse.close()]);
  return kills;
}

async function waitFor(happened: () => Promise<boolean>, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await happened())) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('the consumer did nothing');
    await sleep(5);
  }
}

function killed(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  return ended;
}
