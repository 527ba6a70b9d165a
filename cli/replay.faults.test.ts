import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, expect, test } from 'vitest';
import { writeEvolution } from '#cli/demo-evolution.ts';
import { PROGRAM, type ZonerProcesses, zonerIn } from '#cli/zoner-process.ts';
import { createKafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { createKafkajsProducer } from '#kafka/kafkajs-producer.ts';
import { liveConfig, liveEnvironment } from '#stack/live-environment.ts';

/** Replay with the real program on the real services: what the README says of it, and what kills and rivals do to it. */

const folders: string[] = [];
const running: ReturnType<ZonerProcesses['start']>[] = [];

// A member of the group would be given the partitions of the next test's topics, which it does not read.
afterEach(async () => {
  const members = running.splice(0);
  for (const { child } of members) child.kill('SIGTERM');
  await Promise.all(members.map(({ ended }) => ended));
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Scene {
  readonly zoner: ZonerProcesses;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly topic: string;
  readonly table: string;
  /** How many records hold the kind that version 1 does not know, and how many have no frame. */
  readonly late: number;
  readonly broken: number;
}

/**
 * A producer has moved to version 2 (`schemas`), its consumer of version 1 (`old`) has made dead letters of the new kind,
 * and now a consumer of version 2 runs.
 */
async function letThereBeLetters(times: number): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'zoner-replay-'));
  folders.push(folder);
  const id = randomBytes(3).toString('hex');
  const [topic, table] = [`activity_${id}`, `ACTIVITY_${id.toUpperCase()}`];
  const DATABASE = `REPLAY_${id.toUpperCase()}`;
  const env = { ...liveEnvironment(), SNOWFLAKE_DATABASE: DATABASE };
  cpSync('schemas/user-activity', join(folder, 'old', 'user-activity'), { recursive: true });
  const file = join(folder, 'old', 'user-activity', 'contract.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), topic, table }));
  writeEvolution(folder, 'old', 'schemas', 'values.ndjson');
  writeFileSync(join(folder, '.env.team'), '');
  const zoner = zonerIn(folder, env);
  await zoner.done('apply', '--schemas', 'old');
  await zoner.done('registry', 'pull', '--env', 'team');
  await zoner.done('registry', 'apply');
  for (let time = 0; time < times; time += 1)
    await zoner.done('produce', 'user-activity', '--from', 'values.ndjson');
  const producer = createKafkajsProducer(liveConfig().kafka);
  const value = Buffer.from('no frame');
  const broken = Array.from({ length: 12 }, (_, partition) => {
    return { topic, partition: partition % 6, key: null, value, headers: [], timestamp: null };
  });
  await producer.send(broken);
  await producer.close();
  await zoner.done(
    'consume',
    '--until-end',
    '--schemas',
    'old',
    '--session-timeout',
    '6000',
    '--accept',
    'WRITER_INCOMPATIBLE',
  );
  await zoner.done('snowflake', 'apply');
  running.push(zoner.start('consume', '--session-timeout', '6000'));
  return {
    zoner,
    folder,
    env,
    topic,
    table: `${DATABASE}.PUBLIC.${table}`,
    late: times * 24,
    broken: broken.length,
  };
}

async function expectClean({ zoner, topic, table, broken }: Scene, more: object): Promise<void> {
  const accounts = JSON.parse(await zoner.done('reconcile', '--format', 'json')) as Record<string, object>;
  expect(accounts['user-activity']).toMatchObject({
    gaps: [],
    doubles: [],
    waiting: 0,
    reconciled: true,
    ...more,
  });
  const independent = await zoner.check(topic, table);
  expect(JSON.parse(independent.stdout)).toMatchObject({ findings: 0, deadLetters: broken });
}

/** The commands of a section of the README, without their comments. */
function commandsOf(section: string): readonly string[] {
  const readme = readFileSync('README.md', 'utf8');
  const begin = readme.indexOf(`\n## ${section}\n`);
  const block = /```\n(.*?)```/s.exec(readme.slice(begin))?.[1] ?? '';
  return block
    .split('\n')
    .map((line) => line.replace(/\s{2,}#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** Runs lines in one shell, with `npx zoner` for the program. @returns the exit code of each */
async function runInShell(lines: readonly string[], { folder, env }: Scene): Promise<readonly number[]> {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  chmodSync(join(bin, 'npx'), 0o755);
  const script = lines.flatMap((line) => [line, `echo "@@$?"`]).join('\n');
  const PATH = `${bin}:${join(process.execPath, '..')}:${process.env.PATH}`;
  const output = await new Promise<string>((resolve) => {
    execFile(
      'bash',
      ['-c', script],
      { cwd: folder, env: { ...env, PATH, HOME: folder } },
      (_, stdout, stderr) => {
        resolve(`${stdout}`);
        process.stderr.write(stderr.length > 0 && !stdout.includes('@@') ? stderr : '');
      },
    );
  });
  return [...output.matchAll(/@@(\d+)/g)].map(([, code]) => Number(code));
}

test('every command of the README section on replay does what it says', async () => {
  const scene = await letThereBeLetters(1);
  const lines = commandsOf('Replay the dead letter topic');
  expect(lines.length).toBeGreaterThan(8);
  const codes = await runInShell(lines, scene);
  // Something to send; and letters that still fail.
  const expected = (line: string): number =>
    line.includes('--dry-run') ? 2 : line.includes('replay user-activity --where') ? 1 : 0;
  expect(lines.map((line, index) => [line, codes[index]])).toEqual(
    lines.map((line) => [line, expected(line)]),
  );
  expect(readFileSync(join(scene.folder, 'letters.ndjson'), 'utf8')).toBe('');
  await expectClean({ ...scene, broken: scene.broken }, { discarded: 1, deadLetters: scene.broken - 1 });
}, 240_000);

test('replays that are killed, and two at once, send each letter once and leave the books clean', async () => {
  const scene = await letThereBeLetters(40);
  const { zoner, topic, late } = scene;
  const seed = randomInt(1_000_000);
  const replay = [
    'dead-letters',
    'replay',
    '--cause',
    'WRITER_INCOMPATIBLE',
    '--rate',
    '25',
    '--canary',
    '5',
  ] as const;
  const ends: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const { child, ended } = zoner.start(...replay);
    // A run begins by waiting for the one that was killed before it.
    await sleep((round === 0 ? 0 : 15_000) + 1500 + ((seed * (round + 1)) % 2500));
    child.kill('SIGKILL');
    const end = await ended;
    process.stderr.write(`${new Date().toISOString()} ${end.code} ${end.stderr}\n`);
    ends.push(end.code);
  }
  process.stderr.write(`replay: seed ${seed}, killed runs ended with ${ends}\n`);
  expect(ends).toContain(-1);
  const both = await Promise.all([zoner.run(...replay), zoner.run(...replay)]);
  expect(both.map(({ code }) => code).sort()).toEqual([0, 3]);
  expect(both.find(({ code }) => code === 3)?.stderr).toContain('REPLAY_BUSY');
  const offsets = createKafkajsOffsets(liveConfig().kafka);
  const ranges = [...(await offsets.ranges(`${topic}-retry`)).values()];
  await offsets.close();
  expect(ranges.reduce((sum, { high }) => sum + Number(high), 0)).toBe(late);
  await expectClean(scene, { deadLetters: scene.broken });
}, 600_000);
