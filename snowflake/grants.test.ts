import { expect, test } from 'vitest';
import { naps, PLACE } from '#snowflake/examples.ts';
import { grantScript, grantStatements } from '#snowflake/grants.ts';
import { hashesStatement, mergeStatement } from '#snowflake/merge.ts';
import { desiredOf } from '#snowflake/plan.ts';

const roles = { deployer: 'DEPLOYER', loader: 'LOADER', operator: 'OPERATOR', warehouse: null };

test('the script of grants says what can be run before the tables are there, and what only after', () => {
  const script = grantScript(grantStatements([desiredOf(naps)], PLACE, roles));
  const after = script.findIndex((line) => line.startsWith('-- After the first'));
  const onTables = script.flatMap((line, index) => (line.includes(' ON TABLE ') ? [index] : []));
  expect(onTables.length).toBeGreaterThan(0);
  expect(Math.min(...onTables)).toBeGreaterThan(after);
  for (const line of script) expect(line).toMatch(/^-- |;$/);
});

test('the loader is granted every verb that its statements need, and no other', () => {
  const desired = desiredOf(naps);
  const statements = [mergeStatement, hashesStatement].map((make) => make(desired.table, PLACE, []).sql);
  const verbs = new Set(statements.flatMap((sql) => sql.match(/\b(SELECT|INSERT|UPDATE|DELETE)\b/g) ?? []));
  const [granted = ''] = grantStatements([desired], PLACE, roles).tables;
  const [, list = ''] = /^GRANT (.*) ON TABLE/.exec(granted) ?? [];
  expect(new Set(list.split(', '))).toEqual(verbs);
});
