import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRegistryClient } from '#registry/client.ts';
import { withSnapshot } from '#registry/registry-snapshot.ts';
import { createSchemaStore } from '#registry/schema-store.ts';
import { snapshotFolder } from '#registry/snapshot-folder.ts';
import { type Reply, startTestServer, type TestServer } from '#registry/test-server.ts';

/** The store as a consumer has it, on a registry that answers over HTTP, and a folder that outlives it. */

const MEAL = '{"type":"record","name":"Meal","namespace":"x","fields":[]}';
const DAY = '{"type":"record","name":"Day","namespace":"x","fields":[{"name":"meal","type":"x.Meal"}]}';
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/schemas/ids/7': { schema: DAY, references: [{ name: 'x.Meal', subject: 'x.Meal', version: 1 }] },
  '/schemas/ids/7/versions': [{ subject: 'day-value', version: 1 }],
  '/subjects/x.Meal/versions/1': { subject: 'x.Meal', version: 1, id: 3, schema: MEAL },
};

let folder = '';
let server: TestServer;
let down = false;
let fails: unknown[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-snapshot-'));
  down = false;
  fails = [];
  server = await startTestServer(({ path }): Reply => {
    if (down) return { status: 503, body: {} };
    const body = ANSWERS[path.split('?')[0] ?? ''];
    return body === undefined
      ? { status: 404, body: { error_code: 40403, message: 'no' } }
      : { status: 200, body };
  });
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A process that starts now. */
function started(parent = folder) {
  const client = createRegistryClient({ url: server.url, auth: null, caPath: null }, { timeoutMs: 500 });
  return createSchemaStore(
    withSnapshot(
      client,
      snapshotFolder(parent, server.url, (error) => fails.push(error)),
    ),
  );
}

const DAY_ANSWER = {
  kind: 'schema',
  schema: { fullName: 'x.Day', fields: [{ schema: { fullName: 'x.Meal' } }] },
  subjects: ['day-value'],
};

test('a schema that was met before is known to a process that starts while the registry is down', async () => {
  await started().lookUp([7]);
  down = true;
  expect((await started().lookUp([7])).get(7)).toMatchObject(DAY_ANSWER);
});

test('a schema that was never met is held for, as without a snapshot', async () => {
  await started().lookUp([7]);
  down = true;
  await expect(started().lookUp([8])).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('that an id is unknown is not remembered', async () => {
  expect((await started().lookUp([8])).get(8)).toEqual({ kind: 'unknown' });
  down = true;
  await expect(started().lookUp([8])).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('a registry that answers is asked, whatever was remembered', async () => {
  await started().lookUp([7]);
  const before = server.seen.length;
  await started().lookUp([7]);
  expect(server.seen.length).toBe(before * 2);
});

test('another registry is another snapshot', async () => {
  await started().lookUp([7]);
  down = true;
  const other = snapshotFolder(folder, 'http://elsewhere', () => {});
  expect(await other.read('schema-7')).toBeNull();
  expect(await snapshotFolder(folder, server.url, () => {}).read('schema-7')).not.toBeNull();
});

test('a file that is half written counts as none', async () => {
  await started().lookUp([7]);
  const files = snapshotFolder(folder, server.url, () => {});
  await files.write('schema-7', '{"text":');
  down = true;
  await expect(started().lookUp([7])).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('a folder that cannot be written costs the snapshot alone, and is told once', async () => {
  const blocked = join(folder, 'a-file');
  writeFileSync(blocked, '');
  expect((await started(blocked).lookUp([7])).get(7)).toMatchObject(DAY_ANSWER);
  expect(fails).toHaveLength(1);
});
