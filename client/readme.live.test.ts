import { execFile, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '#cli/run-command.ts';
import { connect } from '#client/zoner.ts';
import { erasureRecords } from '#consumer/erasure-entry.ts';
import { scan } from '#consumer/scan.ts';
import { loadContracts } from '#contract/load.ts';
import type { LocalTimestampMillis, Uuid } from '#generated/logical-types.ts';
import type { UserActivity, UserActivityInput } from '#generated/user-activity/types.ts';
import { createKafkajsConsumer } from '#kafka/kafkajs-consumer.ts';
import { createKafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { createKafkajsProducer } from '#kafka/kafkajs-producer.ts';
import { createKafkajsTopics } from '#kafka/kafkajs-topics.ts';
import { applyTopics, readTopicsPlan } from '#kafka/topics-apply.ts';
import { desiredTopics } from '#kafka/topics-desired.ts';
import { applyRegistry, readRegistryPlan } from '#registry/apply.ts';
import { createRegistryClient } from '#registry/client.ts';
import { desiredSubjects } from '#registry/desired.ts';
import { liveConfig, liveEnvironment } from '#stack/live-environment.ts';

/**
 * The example of the README for application code, as it stands there: compiled, and run on the real services; and what it
 * says of records that were erased.
 */

const README = readFileSync('README.md', 'utf8');
const EXAMPLE = /## In application code.*?```ts\n(.*?)```/s.exec(README)?.[1] ?? '';
const TOPIC = `readme_${randomBytes(4).toString('hex')}`;
const env = { ...liveEnvironment(), NO_COLOR: '1', ZONER_LOG: 'error' };

let folder = '';

const node = (file: string): Promise<string> =>
  new Promise((done, fail) => {
    execFile(process.execPath, [file], { cwd: folder, env }, (error, stdout, stderr) => {
      if (error) fail(new Error(`${file}: ${stderr || error.message}`));
      else done(stdout);
    });
  });

beforeAll(async () => {
  // Beside the sources, so that the compiler finds the types of Node.
  mkdirSync('.zoner', { recursive: true });
  folder = mkdtempSync(join(resolve('.zoner'), 'readme-'));
  cpSync('schemas', join(folder, 'schemas'), { recursive: true });
  const settings = join(folder, 'schemas/user-activity/contract.json');
  // A topic of its own, since other tests count what is in that of the repository.
  writeFileSync(settings, readFileSync(settings, 'utf8').replace('"user_activity"', `"${TOPIC}"`));
  expect(await runCommand(folder, ['codegen'])).toMatchObject({ code: 0 });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the example of the README has at most 20 lines and compiles', () => {
  expect(EXAMPLE.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  writeFileSync(join(folder, 'example.ts'), EXAMPLE);
  const base = resolve('tsconfig.json');
  const paths = { 'zoner/client': [resolve('client/zoner.ts')] };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: base,
      compilerOptions: { paths },
      include: ['example.ts', resolve('kafka/snappyjs.d.ts')],
      exclude: [],
    }),
  );
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

test('the example of the README sends a record, and its handler gets it', async () => {
  const contracts = await loadContracts(join(folder, 'schemas'));
  const { kafka, registry } = liveConfig();
  const client = createRegistryClient(registry);
  const desired = desiredSubjects(contracts);
  await applyRegistry(client, await readRegistryPlan(client, desired), desired);
  const admin = createKafkajsTopics(kafka);
  await applyTopics(await readTopicsPlan(desiredTopics(contracts), admin), admin);
  const strip = (from: string, to: string): void =>
    writeFileSync(join(folder, to), stripTypeScriptTypes(readFileSync(join(folder, from), 'utf8')));
  strip('schemas/generated/user-activity/types.ts', 'schemas/generated/user-activity/types.js');
  strip('example.ts', 'example.js');
  // What an installed package would give under this name.
  const installed = join(folder, 'node_modules/zoner');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(installed, 'package.json'),
    JSON.stringify({ type: 'module', exports: { './client': './client.js' } }),
  );
  writeFileSync(join(installed, 'client.js'), `export * from '${resolve('client/zoner.ts')}';\n`);
  expect(await node(join(folder, 'example.js'))).toBe('offset 0: ada had 80 mg of caffeine\n');
});

test('a handler never gets a record that was erased', async () => {
  const types = join(folder, 'schemas/generated/user-activity/types.js');
  const value = ((await import(types)) as { UserActivity: typeof UserActivity }).UserActivity;
  const { kafka } = liveConfig();
  const offsets = createKafkajsOffsets(kafka);
  await using zoner = connect({ name: `erased-${TOPIC}`, env });
  for (const userId of ['bob', 'eve']) await zoner.send(value, mealOf(userId));
  const places = new Map<number, [bigint, bigint][]>();
  const transport = createKafkajsConsumer(kafka);
  await scan(
    TOPIC,
    { transport, offsets, signal: AbortSignal.timeout(30_000) },
    ({ key, partition, offset }) => {
      if (String(Buffer.from(key ?? '')) === 'bob') places.set(partition, [[offset, offset]]);
    },
  );
  const producer = createKafkajsProducer(kafka);
  const entry = { run: 'run', person: 'hash', at: new Date().toISOString(), reason: 'asked' };
  await producer.send(erasureRecords({ ...entry, state: 'begun', places, erased: {} }, TOPIC));
  await Promise.all([producer.close(), offsets.close()]);
  const seen: string[] = [];
  const consumption = await zoner.consume(value, ({ userId }) => void seen.push(userId));
  await consumption.caughtUp();
  expect(seen.sort()).toEqual(['ada', 'eve']);
});

function mealOf(userId: string): UserActivityInput {
  const at = new Date('2026-03-02T13:30:00Z');
  return {
    ...{ eventId: randomUUID() as Uuid, userId, timeZone: 'Europe/Berlin', occurredAt: at },
    occurredAtLocal: BigInt(at.getTime()) as LocalTimestampMillis,
    activity: { kind: 'Meal', mealType: 'DRINK', caffeine: 80 },
  };
}
