import type { Script } from '#bench/second-opinion/asked.ts';
import { loadContracts } from '#contract/load.ts';
import { grantStatements } from '#snowflake/grants.ts';
import { desiredOf } from '#snowflake/plan.ts';

/** The grants for the example contracts. Zoner only prints them, so there is nothing that has run them here. */
export async function grantScript(): Promise<Script> {
  const place = { database: 'ZONER_DB', schema: 'PUBLIC' };
  const desired = (await loadContracts('schemas')).map((contract) => desiredOf(contract));
  const roles = {
    deployer: 'ZONER_DEPLOYER',
    loader: 'ZONER_LOADER',
    operator: 'ZONER_OPERATOR',
    warehouse: 'ZONER_WH',
  };
  const grants = grantStatements(desired, place, roles);
  const asked = [...grants.roles, ...grants.tables].map((sql) => {
    return { sql, binds: [], before: null, outcome: { kind: 'accepted' as const, rows: [] } };
  });
  return { name: 'grants', place, asked };
}
