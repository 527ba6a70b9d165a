import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ended, runCommand } from '#cli/run-command.ts';
import { loadContracts } from '#contract/load.ts';
import { parseConfig } from '#core/config.ts';
import { aclsOf, ROLES, type Role } from '#kafka/acls.ts';
import { grantAcls } from '#kafka/grant-acls.ts';
import { type SecuredServices, startSecured } from '#stack/secured/services.ts';

/** A whole run, each command with the rights of its role alone; and nothing of it tells a secret, or who somebody is. */

const SCHEMAS = fileURLToPath(new URL('../schemas', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./zoner.ts', import.meta.url));
const REGISTRY = { user: 'alice', password: 'reg1stry-Pa55' };
const REDIS = { user: 'folder', password: 'red1s-Pa55' };
const PASSWORDS = Object.fromEntries(ROLES.map((role) => [`zoner-${role}`, `k4fka-Pa55-${role}`]));
/** The key of a simulated person's records. */
const PERSON = /user-\d{4}/;

let services: SecuredServices;
let folder = '';
const said: string[] = [];

beforeAll(async () => {
  services = await startSecured({ kafka: PASSWORDS, registry: REGISTRY, redis: REDIS });
  folder = mkdtempSync(join(tmpdir(), 'zoner-roles-'));
  cpSync(SCHEMAS, join(folder, 'schemas'), { recursive: true });
  writeFileSync(join(folder, 'registry-password'), `${REGISTRY.password}\n`);
  // At the door where everything is allowed.
  const { kafka } = parseConfig({ KAFKA_BROKER: services.openKafka });
  await grantAcls(kafka, aclsOf(await loadContracts(SCHEMAS)));
}, 180_000);
afterAll(async () => {
  await services?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function settings(role: Role): Readonly<Record<string, string>> {
  return {
    KAFKA_BROKER: services.kafka.sasl,
    KAFKA_SSL: 'true',
    KAFKA_SSL_CA_PATH: services.authority,
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_SASL_USERNAME: `zoner-${role}`,
    KAFKA_SASL_PASSWORD: PASSWORDS[`zoner-${role}`] ?? '',
    SCHEMA_REGISTRY_URL: services.registry.url,
    SCHEMA_REGISTRY_CA_PATH: services.authority,
    SCHEMA_REGISTRY_USER: REGISTRY.user,
    SCHEMA_REGISTRY_PASSWORD_FILE: 'registry-password',
    REDIS_URL: services.redis.url.replace('//', `//${REDIS.user}:${REDIS.password}@`),
    REDIS_CA_PATH: services.authority,
    SNOWFLAKE_ACCESS_URL: services.snowflake.url,
    SNOWFLAKE_ACCOUNT: 'acme',
    SNOWFLAKE_USER: 'loader',
    SNOWFLAKE_PRIVATE_KEY_PATH: services.snowflake.key,
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
async function alone(role: Role, ...args: string[]): Promise<unknown> {
  writeSettings(role);
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => said.push(text));
  }
  said.push(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8'));
  return new Promise((resolve) => child.once('close', resolve));
}

const ok = { code: 0 };

test('each role does its work with what acl print grants it, and the account is whole', {
  timeout: 300_000,
}, async () => {
  expect(await as('deployer', 'apply')).toMatchObject(ok);
  expect(await as('deployer', 'snowflake', 'plan', '--out', 'plan.json')).toMatchObject(ok);
  expect(await as('producer', 'produce', '--users', '3', '--days', '2', '--faults', '0.1')).toMatchObject(ok);
  expect(await alone('loader', 'consume', '--until-end')).toBe(0);
  expect(await as('loader', 'acl', 'print')).toMatchObject(ok);
  expect(await as('recommender', 'recommend', '--until-end')).toMatchObject(ok);
  expect(await as('operator', 'dead-letters', 'list')).toMatchObject(ok);
  expect(await as('operator', 'reconcile')).toMatchObject(ok);
});

test("a role does nobody else's work", { timeout: 300_000 }, async () => {
  const refused = {
    code: 3,
    stderr: expect.arrayContaining([expect.stringMatching(/Grant this user|zoner acl print/)]),
  };
  expect(await as('loader', 'produce', '--users', '1', '--days', '1')).toMatchObject(refused);
  expect(await as('producer', 'consume', '--until-end')).toMatchObject(refused);
  expect(await as('recommender', 'consume', '--until-end')).toMatchObject(refused);
});

test('nothing that was said or left behind holds a secret, or a person', () => {
  const kept = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !['.env', 'registry-password'].includes(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  const text = [...said, ...kept].join('\n');
  expect(text).toContain('user_activity');
  expect(text).toContain('"group":"zoner-warehouse"');
  const key = readFileSync(services.snowflake.key, 'utf8').split('\n')[3] ?? '';
  const secrets = [...Object.values(PASSWORDS), REGISTRY.password, REDIS.password, key];
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(said.filter((line) => PERSON.test(line))).toEqual([]);
});
