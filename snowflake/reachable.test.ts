import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SnowflakeConfig } from '#core/config.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { refuseUnreachable } from '#snowflake/reachable.ts';

let server: Server;
let address: string;

beforeEach(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  address = `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`;
});
afterEach(() => close());

const close = (): Promise<unknown> => new Promise((resolve) => server.close(resolve));

const configAt = (accessUrl: string | null, more: Partial<SnowflakeConfig> = {}): SnowflakeConfig => ({
  account: 'acme',
  user: 'zoner',
  auth: { password: 'secret' },
  accessUrl,
  database: 'DB',
  schema: 'PUBLIC',
  warehouse: null,
  role: null,
  ...more,
});

test('a session with an address where nothing listens is refused at once, by name', async () => {
  await close();
  const warehouse = createWarehouse(configAt(address), { appVersion: '0', deadlineMs: 30_000 });
  await expect(warehouse.execute('SELECT 1')).rejects.toMatchObject({
    code: 'WAREHOUSE_UNAVAILABLE',
    message: `connecting to Snowflake at ${address}: nothing listens there (ECONNREFUSED)`,
  });
  await warehouse.close();
});

test('a host that has no address is named', async () => {
  await expect(refuseUnreachable(configAt('https://account.invalid'))).rejects.toMatchObject({
    code: 'WAREHOUSE_UNAVAILABLE',
    message: 'connecting to Snowflake at https://account.invalid: there is no such host (ENOTFOUND)',
  });
});

test('an address that takes connections is left to the driver', async () => {
  await expect(refuseUnreachable(configAt(address))).resolves.toBeUndefined();
});

test.each([
  ['the address is the driver’s own', configAt(null)],
  ['a proxy stands between', configAt('https://account.invalid', { proxy: 'http://proxy.invalid:8080' })],
])('nothing is asked where %s', async (_, config) => {
  await expect(refuseUnreachable(config)).resolves.toBeUndefined();
});
