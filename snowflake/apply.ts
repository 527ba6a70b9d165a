import type { Contract } from '#contract/contract.ts';
import { ZonerError } from '#core/errors.ts';
import type { Change } from '#snowflake/change.ts';
import { inspect } from '#snowflake/inspect.ts';
import type { Place } from '#snowflake/names.ts';
import { desiredOf, planTables } from '#snowflake/plan.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/** Reads the warehouse and plans; changes nothing. @throws ZonerError TABLE_DIFFERS, and as the warehouse */
export async function readTablesPlan(
  warehouse: Warehouse,
  contracts: readonly Contract[],
  place: Place,
): Promise<readonly Change[]> {
  const desired = contracts.map((contract) => desiredOf(contract));
  const { changes, refusals } = planTables(desired, place, await inspect(warehouse, place));
  if (refusals.length > 0) {
    throw new ZonerError(
      'TABLE_DIFFERS',
      refusals.map(({ reason, wayOut }) => `${reason}\n  ${wayOut}`).join('\n'),
    );
  }
  return changes;
}

/** Runs a plan's statements in order. */
export async function applyTables(
  warehouse: Warehouse,
  changes: readonly Change[],
  onChange: (change: Change) => void,
): Promise<void> {
  for (const change of changes) {
    await warehouse.execute(change.sql);
    onChange(change);
  }
}
