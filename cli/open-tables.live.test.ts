import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTables } from '#cli/open-tables.ts';
import { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import { loadContracts } from '#contract/load.ts';
import { parseConfig } from '#core/config.ts';
import { readDeployPlan } from '#snowflake/apply.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';

/** What a consumer of the warehouse asks of its tables before it joins a group. */

const PLACE = { database: 'DB', schema: 'PUBLIC' };
const directory = mkdtempSync(join(tmpdir(), 'zoner-tables-'));
const shell: Shell = {
  env: {},
  directory,
  signal: new AbortController().signal,
  interactive: false,
  clear: () => undefined,
  print: () => {},
  tell: () => {},
  style: (_, text) => text,
};
let lab: Lab;

beforeAll(async () => {
  lab = await openLab();
  const folder = join(directory, 'schemas/naps');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'naps.avsc'),
    '{"type":"record","name":"Nap","fields":[{"name":"user","type":"string"},{"name":"minutes","type":"int"}]}',
  );
  const contract = { topic: 'naps', key: 'user', compatibility: 'BACKWARD', table: 'NAPS' };
  writeFileSync(join(folder, 'contract.json'), JSON.stringify(contract));
});
afterAll(async () => {
  await lab.close();
  rmSync(directory, { recursive: true });
});

async function open(): Promise<readonly string[]> {
  const config = parseConfig({
    SNOWFLAKE_ACCOUNT: 'acme',
    SNOWFLAKE_USER: 'u',
    SNOWFLAKE_PASSWORD: 'p',
    SNOWFLAKE_ACCESS_URL: lab.server.url,
    SNOWFLAKE_DATABASE: PLACE.database,
  });
  await using resources = new Resources();
  const options = { schemas: join(directory, 'schemas'), env: 'local' };
  const { contracts } = await openTables(shell, config, options, [], resources);
  return contracts.map(({ contract }) => contract.name);
}

test('a table or a column that is not there refuses, and says which command makes it', async () => {
  const remedy = expect.stringContaining('Run: zoner snowflake apply');
  await expect(open()).rejects.toMatchObject({ code: 'TABLE_MISSING', remedy });
  const contracts = (await loadContracts(join(directory, 'schemas'))).map((contract) => {
    return { contract, history: [] };
  });
  for (const { sql } of (await readDeployPlan(lab.warehouse, contracts, PLACE)).steps)
    await lab.warehouse.execute(sql);
  expect(await open()).toEqual(['naps']);
  await lab.warehouse.execute('DROP VIEW "DB"."PUBLIC"."NAPS_CURRENT"');
  expect(await open()).toEqual(['naps']);
  await lab.warehouse.execute('ALTER TABLE "DB"."PUBLIC"."NAPS" DROP COLUMN "MINUTES"');
  await expect(open()).rejects.toMatchObject({
    code: 'TABLE_MISSING',
    remedy,
    message: expect.stringContaining('MINUTES'),
  });
});
