import type { Contract } from '#contract/contract.ts';
import { inspect } from '#snowflake/inspect.ts';
import type { Place } from '#snowflake/names.ts';
import { type Change, planTables } from '#snowflake/plan.ts';
import { tableOf } from '#snowflake/table.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/** Reads the warehouse and plans; changes nothing. @throws ZonerError TABLE_DIFFERS, and as the warehouse */
export async function readTablesPlan(
  warehouse: Warehouse,
  contracts: readonly Contract[],
  place: Place,
): Promise<readonly Change[]> {
  return planTables(
    contracts.map((contract) => tableOf(contract)),
    place,
    await inspect(warehouse, place),
  );
}

/** Runs a plan's statements in order. Safe to repeat: each is IF NOT EXISTS. */
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
