import { expect, test } from 'vitest';
import { naps, PLACE } from '#snowflake/examples.ts';
import { grantScript, grantStatements } from '#snowflake/grants.ts';
import { desiredOf } from '#snowflake/plan.ts';

test('the script of grants says what can be run before the tables are there, and what only after', () => {
  const roles = { deployer: 'DEPLOYER', loader: 'LOADER', warehouse: null };
  const script = grantScript(grantStatements([desiredOf(naps)], PLACE, roles));
  const after = script.findIndex((line) => line.startsWith('-- After the first'));
  const onTables = script.flatMap((line, index) => (line.includes(' ON TABLE ') ? [index] : []));
  expect(onTables).toHaveLength(1);
  expect(Math.min(...onTables)).toBeGreaterThan(after);
  for (const line of script) expect(line).toMatch(/^-- |;$/);
});
