import type { RecordSchema } from '#avro/model.ts';
import type { WarehousePlan } from '#check/warehouse.ts';
import type { Contract } from '#contract/contract.ts';
import type { Place } from '#snowflake/names.ts';
import { planSchemaChange } from '#snowflake/plan-schema-change.ts';

/** The planner's own word: what `zoner snowflake plan` would print for a table that was deployed from `history`. */
export function planWarehouse(
  contract: Contract,
  history: readonly RecordSchema[],
  place: Place,
): WarehousePlan {
  const versions = history.map((schema, index) => ({ version: index + 1, schema }));
  const { changes, impossibleInPlace } = planSchemaChange(contract, versions, place);
  return {
    changes: changes.map(({ sql, object, edit }) => ({ sql, object, kind: edit.kind })),
    impossibleInPlace,
  };
}
