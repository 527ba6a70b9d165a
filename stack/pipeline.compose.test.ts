import { execFile, execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** The pipeline of docker-compose.yml as a stranger starts it; every container of it is killed under load. */

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const LONG = { timeout: 600_000 };
const KAFKA_TOPICS = [
  'exec',
  '-T',
  'kafka',
  '/opt/kafka/bin/kafka-topics.sh',
  '--bootstrap-server',
  'localhost:19092',
];
const VICTIMS = ['kafka', 'registry', 'redis', 'snowflake', 'producer', 'consumer', 'recommendations', 'api'];

const run = promisify(execFile);

/** @returns what it printed */
async function compose(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', ['compose', ...args], { cwd: PROJECT, env: environment() });
  return stdout;
}

/** What is set for the run is no setting of the pipeline's: another Snowflake must not be loaded by a test. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SNOWFLAKE|KAFKA|REDIS|SCHEMA_REGISTRY)_/.test(name)),
  );
}

const zoner = (...args: string[]): Promise<string> =>
  compose('exec', '-T', 'api', 'node', 'cli/zoner.ts', ...args);

beforeAll(() => compose('up', '--detach', '--build', '--wait'), LONG.timeout);
afterAll(() => compose('down', '--volumes'), LONG.timeout);

test('everything is healthy, and the set-up has ended well', LONG, async () => {
  const format = '{{.Service}} {{.State}} {{.ExitCode}} {{.Health}}';
  const lines = (await compose('ps', '--all', '--format', format)).trim().split('\n');
  const expected = [...VICTIMS.map((name) => `${name} running 0 healthy`), 'setup exited 0'];
  expect(lines.map((line) => line.trim()).sort()).toEqual(expected.sort());
});

test(
  'topics are created, listed and described in the container; the producer says what it does',
  LONG,
  async () => {
    await compose(...KAFKA_TOPICS, '--create', '--if-not-exists', '--topic', 'user_activity');
    expect((await compose(...KAFKA_TOPICS, '--list')).split('\n')).toContain('user_activity');
    expect(await compose(...KAFKA_TOPICS, '--describe', '--topic', 'user_activity')).toContain(
      'PartitionCount: 6',
    );
    await expect.poll(() => compose('logs', 'producer'), { timeout: 60_000 }).toMatch(/sent \d+ records/);
    const rows = 'SELECT * FROM ZONER_DB.PUBLIC.USER_ACTIVITY LIMIT 5';
    await expect
      .poll(() => zoner('snowflake', 'query', rows, '--format', 'csv'), { timeout: 60_000 })
      .toMatch(/\n.*\n/);
  },
);

test('no image runs as root, writes outside its volume, or is larger than 450 MB', LONG, async () => {
  for (const service of ['api', 'snowflake']) {
    expect((await compose('exec', '-T', service, 'id', '-u')).trim()).toBe('1000');
    await expect(compose('exec', '-T', service, 'touch', '/app/written')).rejects.toThrow(/Read-only/);
  }
  for (const image of ['zoner:0.1.0', 'zoner-local-snowflake:0.1.0']) {
    const size = execFileSync('docker', ['image', 'inspect', '--format', '{{.Size}}', image], {
      encoding: 'utf8',
    });
    expect(Number(size)).toBeLessThan(450_000_000);
  }
});

test('whichever container is killed under load, every record is accounted for afterwards', LONG, async () => {
  for (const victim of VICTIMS) {
    await sleep(3000);
    await compose('kill', '--signal', 'KILL', victim);
    // A container that is killed through Docker counts as stopped on purpose, so that it has to be started again.
    await compose('up', '--detach', '--wait', '--no-recreate');
  }
  await compose('stop', 'producer');
  await expect
    .poll(
      () =>
        zoner('reconcile').catch(
          (error: { stdout: string; stderr: string }) => `${error.stdout}${error.stderr}`,
        ),
      {
        timeout: 180_000,
        interval: 3000,
      },
    )
    .toMatch(/user-activity: .* skipped: reconciled/);
});
