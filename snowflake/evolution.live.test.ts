import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ContractHistory, readDeployPlan } from '#snowflake/apply.ts';
import { contractOf, MATRIX, META } from '#snowflake/evolution-suite.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';

let lab: Lab;
let count = 0;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

test.each(MATRIX)('%s', async (_, before, after, values, statements, shown) => {
  const place = { database: `E${count++}`, schema: 'PUBLIC' };
  const at = `"${place.database}"."PUBLIC"`;
  const run = async (contract: ContractHistory): Promise<readonly string[]> => {
    const { steps, refusals } = await readDeployPlan(lab.warehouse, [contract], place);
    expect(refusals).toEqual([]);
    for (const { sql } of steps) await lab.warehouse.execute(sql);
    return steps.filter(({ kind }) => kind !== 'replace-view').map(({ sql }) => sql);
  };
  await run(contractOf(before));
  const row = { ...values, ...META };
  const names = Object.keys(row).map((name) => `"${name}"`);
  await lab.warehouse.execute(
    `INSERT INTO ${at}."R" (${names.join(', ')}) SELECT ${Object.values(row).join(', ')}`,
  );
  const contract = contractOf(before, after);
  const ran = await run(contract);
  expect(ran.map((sql) => sql.replace(/^(ALTER TABLE|UPDATE) "\w+"\."PUBLIC"\."R" /, ''))).toEqual(
    statements,
  );
  const columns = Object.keys(shown).map((name) => `"${name}"`);
  const { rows } = await lab.warehouse.execute(`SELECT ${columns.join(', ')} FROM ${at}."R_CURRENT"`);
  expect(rows).toEqual([Object.values(shown)]);
  expect((await readDeployPlan(lab.warehouse, [contract], place)).steps).toEqual([]);
});
