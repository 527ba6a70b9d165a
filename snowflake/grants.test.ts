import { expect, test } from 'vitest';
import { exampleContract } from '#contract/example-contract.ts';
import { grantScript, grantStatements } from '#snowflake/grants.ts';
import { desiredOf } from '#snowflake/plan.ts';

const NAPS = exampleContract(
  '{ "type": "record", "name": "Nap", "fields": [{ "name": "user", "type": "string" }] }',
);

test('the script of grants says what can be run before the tables are there, and what only after', () => {
  const place = { database: 'DB', schema: 'PUBLIC' };
  const roles = { deployer: 'DEPLOYER', loader: 'LOADER', warehouse: null };
  const script = grantScript(grantStatements([desiredOf(NAPS)], place, roles));
  const after = script.findIndex((line) => line.startsWith('-- After the first'));
  const onTables = script.flatMap((line, index) => (line.includes(' ON TABLE ') ? [index] : []));
  expect(onTables).toHaveLength(1);
  expect(Math.min(...onTables)).toBeGreaterThan(after);
  for (const line of script) expect(line).toMatch(/^-- |;$/);
});
