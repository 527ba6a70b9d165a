import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** The pipeline of docker-compose.yml as a stranger starts it; every container of it is killed under load. */

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const LONG = { timeout: 600_000 };
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

/** The commands of the README's section, between the one that starts everything and the one that ends it. */
function commandsOfReadme(): readonly string[] {
  const [, section = ''] =
    /^## With Docker\n+```\n([^`]*)```/m.exec(readFileSync(`${PROJECT}README.md`, 'utf8')) ?? [];
  const lines = section.split('\n').map((line) => line.replace(/ {2,}#.*$/, ''));
  return lines.filter((line) => line !== '' && !/^docker compose (up|down)\b/.test(line));
}

test('each command of the README does what it is there for', LONG, async () => {
  await expect.poll(() => compose('logs', 'producer'), { timeout: 60_000 }).toMatch(/sent \d+ records/);
  const rows = 'SELECT * FROM ZONER_DB.PUBLIC.USER_ACTIVITY LIMIT 5';
  await expect
    .poll(() => zoner('snowflake', 'query', rows, '--format', 'csv'), { timeout: 60_000 })
    .toMatch(/\n.*\n/);
  const says: readonly (readonly [RegExp, RegExp])[] = [
    // The set-up has made it, so that the command only warns of its name.
    [/--create/, /^(WARNING: .*)?\n?$/],
    [/--list/, /^user_activity$/m],
    [/--describe/, /PartitionCount: 6/],
    [/logs producer/, /sent \d+ records/],
    [/snowflake query/, /_OFFSET[\s\S]*user-\d{4}/],
    [/reconcile/, /user-activity: .* skipped: reconciled/],
  ];
  const commands = commandsOfReadme();
  expect(commands).toHaveLength(says.length);
  for (const [index, command] of commands.entries()) {
    const [about = /^$/, words = /^$/] = says[index] ?? [];
    expect(command).toMatch(about);
    const { stdout } = await run('sh', ['-c', command], { cwd: PROJECT, env: environment() });
    expect(stdout, command).toMatch(words);
  }
});

test('a consumer keeps its schemas in its volume, and starts while the registry is down', LONG, async () => {
  const kept = (await compose('exec', '-T', 'consumer', 'ls', '.zoner/writer-schemas')).trim();
  expect(kept).not.toBe('');
  await compose('stop', 'registry');
  await compose('restart', '--no-deps', 'consumer');
  const state = () => compose('ps', '--format', '{{.Health}}', 'consumer');
  await expect.poll(state, { timeout: 90_000, interval: 1000 }).toMatch(/^healthy/);
  await compose('start', 'registry');
  const states = () => compose('ps', '--format', '{{.Health}}');
  await expect.poll(states, { timeout: 120_000, interval: 1000 }).toMatch(/^(healthy\s*)+$/);
});

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

/** Records are on their way: the consumer says that it has written some more. */
async function moreIsWritten(): Promise<void> {
  const batches = async (): Promise<number> => (await compose('logs', 'consumer')).split('"written":').length;
  const before = await batches();
  await expect.poll(batches, { timeout: 120_000, interval: 500 }).toBeGreaterThan(before);
}

test('whichever container is killed under load, every record is accounted for afterwards', LONG, async () => {
  for (const victim of VICTIMS) {
    await moreIsWritten();
    await compose('kill', '--signal', 'KILL', victim);
    // A container that is killed through Docker counts as stopped on purpose, so that it has to be started again.
    await compose('up', '--detach', '--wait', '--no-recreate');
  }
  await moreIsWritten();
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

test('what is stopped ends what it has begun, and ends well', LONG, async () => {
  const ours = ['producer', 'consumer', 'recommendations', 'api', 'snowflake'];
  await compose('up', '--detach', '--wait', '--no-recreate', ...ours);
  await compose('stop', ...ours);
  const lines = await compose('ps', '--all', '--format', '{{.Service}} {{.State}} {{.ExitCode}}', ...ours);
  expect(lines.trim().split('\n').sort()).toEqual(ours.map((name) => `${name} exited 0`).sort());
});
