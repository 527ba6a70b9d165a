import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ended, runCommand } from '#cli/run-command.ts';
import { WAREHOUSE_ROLES } from '#cli/warehouse-grants.ts';
import { parseConfig } from '#core/config.ts';
import { ROLES, type Role } from '#kafka/acls.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { freePorts } from '#stack/ports.ts';
import { kafkaAclsFolder } from '#stack/secured/kafka-acls.ts';
import { type SecuredServices, startSecured } from '#stack/secured/services.ts';

/** A whole run, each command with the rights of its role alone; and nothing of it tells a secret, or who somebody is. */

const SCHEMAS = fileURLToPath(new URL('../schemas', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./zoner.ts', import.meta.url));
/** Who registers, and who only reads. */
const REGISTRARS = {
  deployer: { user: 'deployer', password: 'reg1stry-Pa55-deployer', role: 'sr-developer' },
  reader: { user: 'reader', password: 'reg1stry-Pa55-reader', role: 'sr-readonly' },
} as const;
const REDIS = { user: 'folder', password: 'red1s-Pa55' };
const PASSWORDS = Object.fromEntries(ROLES.map((role) => [`zoner-${role}`, `k4fka-Pa55-${role}`]));
const MEAL = {
  eventId: '0198c2f4-7d3b-4c11-9a52-0d2f6f1c9b10',
  userId: 'user-0001',
  timeZone: 'Europe/Berlin',
  source: 'PHONE',
  occurredAt: '2026-03-02T11:30:00.000Z',
  occurredAtLocal: '2026-03-02T12:30:00.000',
  activity: { kind: 'Meal', mealType: 'LUNCH', energy: 650, caffeine: 0 },
};
/** The key of a simulated person's records. */
const PERSON = /user-\d{4}/;

let services: SecuredServices;
let folder = '';
const said: string[] = [];

beforeAll(async () => {
  services = await startSecured({ kafka: PASSWORDS, registry: Object.values(REGISTRARS), redis: REDIS });
  folder = mkdtempSync(join(tmpdir(), 'zoner-roles-'));
  cpSync(SCHEMAS, join(folder, 'schemas'), { recursive: true });
  await grantInKafka();
  const { warehouse, before } = await grantsOfWarehouse();
  for (const sql of ['CREATE DATABASE IF NOT EXISTS ZONER_DB', ...before]) await warehouse.execute(sql);
  await warehouse.close();
}, 300_000);
afterAll(async () => {
  await services?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What `zoner acl print` says of Kafka, as an administrator runs it: at the door where everything is allowed. */
async function grantInKafka(): Promise<void> {
  const { stdout } = await runCommand(folder, ['acl', 'print', 'kafka']);
  const elsewhere = mkdtempSync(join(tmpdir(), 'zoner-acls-'));
  try {
    writeFileSync(join(elsewhere, 'admin.properties'), '');
    const tools = await kafkaAclsFolder(process.env, elsewhere);
    await promisify(execFile)('sh', ['-ec', stdout.join('\n')], {
      cwd: elsewhere,
      env: { PATH: `${tools}:${process.env.PATH}`, KAFKA_BROKER: services.openKafka },
    });
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
}

/** What it says of Snowflake, by when it can be run; and a session that may do everything. */
async function grantsOfWarehouse() {
  const { stdout } = await runCommand(folder, ['acl', 'print', 'snowflake', '--warehouse', 'WH']);
  const script = stdout.join('\n');
  const [before, after] = script
    .split(/^-- After the first.*$/m)
    .map((part) => [...part.matchAll(/^(.*);$/gm)]);
  const { snowflake } = parseConfig(accountOf('administrator'));
  if (snowflake === null || before === undefined || after === undefined) throw new Error(script);
  const text = ([, sql = '']: RegExpMatchArray): string => sql;
  const warehouse = createWarehouse(snowflake, { appVersion: '0' });
  return { warehouse, before: before.map(text), after: after.map(text) };
}

/** Who needs no warehouse has the loader's rights there, so that nothing but Kafka refuses them the loader's work. */
function accountOf(role: Role | 'administrator'): Readonly<Record<string, string>> {
  const roles: Readonly<Record<string, string>> = { ...WAREHOUSE_ROLES, administrator: '' };
  return {
    SNOWFLAKE_ACCESS_URL: services.snowflake.url,
    SNOWFLAKE_ACCOUNT: 'acme',
    SNOWFLAKE_USER: role,
    SNOWFLAKE_PRIVATE_KEY_PATH: services.snowflake.key,
    SNOWFLAKE_ROLE: roles[role] ?? WAREHOUSE_ROLES.loader,
  };
}

function settings(role: Role): Readonly<Record<string, string>> {
  const registrar = role === 'deployer' ? REGISTRARS.deployer : REGISTRARS.reader;
  writeFileSync(join(folder, 'registry-password'), `${registrar.password}\n`);
  return {
    KAFKA_BROKER: services.kafka.sasl,
    KAFKA_SSL: 'true',
    KAFKA_SSL_CA_PATH: services.authority,
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_SASL_USERNAME: `zoner-${role}`,
    KAFKA_SASL_PASSWORD: PASSWORDS[`zoner-${role}`] ?? '',
    SCHEMA_REGISTRY_URL: services.registry.url,
    SCHEMA_REGISTRY_CA_PATH: services.authority,
    SCHEMA_REGISTRY_USER: registrar.user,
    SCHEMA_REGISTRY_PASSWORD_FILE: 'registry-password',
    REDIS_URL: services.redis.url.replace('//', `//${REDIS.user}:${REDIS.password}@`),
    REDIS_CA_PATH: services.authority,
    ...accountOf(role),
    ZONER_LOG: 'debug',
  };
}

function writeSettings(role: Role): void {
  const lines = Object.entries(settings(role)).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, '.env'), lines.join(''));
}

async function as(role: Role, ...args: string[]): Promise<Ended> {
  writeSettings(role);
  const ended = await runCommand(folder, args);
  said.push(...ended.stdout, ...ended.stderr);
  return ended;
}

/** The same as a process of its own, whose log and arguments everybody on the machine may see. */
function start(role: Role, env: NodeJS.ProcessEnv, ...args: string[]) {
  writeSettings(role);
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env: { ...process.env, ...env } });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => said.push(text));
  }
  said.push(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8'));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended };
}

const alone = (role: Role, ...args: string[]): Promise<number | null> => start(role, {}, ...args).ended;

const ok = { code: 0 };

test('each role does its work with what acl print grants it, and the account is whole', {
  timeout: 300_000,
}, async () => {
  expect(await as('deployer', 'apply')).toMatchObject(ok);
  const { warehouse, after } = await grantsOfWarehouse();
  for (const sql of after) await warehouse.execute(sql);
  await warehouse.close();
  expect(await as('deployer', 'snowflake', 'plan', '--out', 'plan.json')).toMatchObject(ok);
  // An environment with a name of its own has a lock; it says the same as .env.
  writeFileSync(join(folder, '.env.staging'), '');
  expect(await as('deployer', 'registry', 'pull', '--env', 'staging')).toMatchObject(ok);
  expect(await as('producer', 'produce', '--users', '3', '--days', '2', '--faults', '0.1')).toMatchObject(ok);
  expect(await alone('loader', 'consume', '--until-end')).toBe(0);
  expect(await as('loader', 'acl', 'print')).toMatchObject(ok);
  expect(await as('recommender', 'recommend', '--until-end')).toMatchObject(ok);
  expect(await as('operator', 'dead-letters', 'list')).toMatchObject(ok);
  expect(await as('operator', 'reconcile')).toMatchObject(ok);
});

test('the API sends with the rights of the producer', { timeout: 60_000 }, async () => {
  const [port = 0] = await freePorts(1);
  const { child, ended } = start('producer', {}, 'serve', '--port', String(port));
  await expect.poll(() => said.join(''), { timeout: 30_000 }).toContain(`http://127.0.0.1:${port}`);
  const { status } = await fetch(`http://127.0.0.1:${port}/v1/activity`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(MEAL),
  });
  expect(status).toBe(202);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('the report of a process that crashes leaves the environment out', { timeout: 60_000 }, async () => {
  const crash = "setTimeout(() => { throw new Error('a defect') }, 5000)";
  const options = [
    '--report-uncaught-exception',
    `--report-directory=${folder}`,
    '--report-filename=crash.json',
    `--import=data:text/javascript,${encodeURIComponent(crash)}`,
  ];
  const env = { ...settings('loader'), NODE_OPTIONS: options.join(' ') };
  expect(await start('loader', env, 'consume').ended).not.toBe(0);
  expect(readFileSync(join(folder, 'crash.json'), 'utf8')).toMatch(/"message": "Error: a defect"/);
});

test("a role does nobody else's work", { timeout: 300_000 }, async () => {
  const refused = {
    code: 3,
    stderr: expect.arrayContaining([expect.stringMatching(/Grant this user|zoner acl print/)]),
  };
  expect(await as('loader', 'produce', '--users', '1', '--days', '1')).toMatchObject(refused);
  expect(await as('producer', 'consume', '--until-end')).toMatchObject(refused);
  expect(await as('recommender', 'consume', '--until-end')).toMatchObject(refused);
  for (const role of ['loader', 'operator'] as const)
    expect(await as(role, 'snowflake', 'apply')).toMatchObject({
      code: 3,
      stderr: expect.arrayContaining([expect.stringMatching(/zoner snowflake grants/)]),
    });
  // Nothing but the registry stands between a reader and a new contract.
  expect(await as('operator', 'contract', 'new', 'nap-log')).toMatchObject(ok);
  expect(await as('operator', 'registry', 'apply')).toMatchObject({
    code: 3,
    stderr: expect.arrayContaining([expect.stringMatching(/REGISTRY_AUTH/)]),
  });
});

test('nothing that was said or left behind holds a secret, or a person', () => {
  const kept = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !['.env', 'registry-password'].includes(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  const text = [...said, ...kept].join('\n');
  expect(text).toContain('user_activity');
  expect(text).toContain('"group":"zoner-warehouse"');
  // Logs, errors, arguments of processes and answers; and among the files the plan, the lock and the report of the crash.
  const names = readdirSync(folder, { recursive: true });
  for (const name of ['plan.json', 'schemas/registry.lock.json', 'crash.json']) expect(names).toContain(name);
  const key = readFileSync(services.snowflake.key, 'utf8').split('\n')[3] ?? '';
  const registrars = Object.values(REGISTRARS).map(({ password }) => password);
  const secrets = [...Object.values(PASSWORDS), ...registrars, REDIS.password, key];
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(said.filter((line) => PERSON.test(line))).toEqual([]);
});
