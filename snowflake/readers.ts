import type { Change, Refusal } from '#snowflake/change.ts';
import type { ActualProtection } from '#snowflake/live-state.ts';
import type { Desired } from '#snowflake/plan.ts';
import { isReader, policyNames, readersOf } from '#snowflake/protection.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/**
 * Refuses to deploy with a role that sees masks instead of values: it would count NULL where there are values, and fill
 * them with a default. Snowflake applies a mask wherever a column stands, in UPDATE and DELETE as well. A role that the
 * contract does not name would lock itself out; one that today's policies do not show the values to may only change
 * statements that look at no rows.
 * @throws ZonerError as the warehouse
 */
export async function refuseBlindRole(
  warehouse: Warehouse,
  desired: readonly Desired[],
  changes: readonly Change[],
  { policies }: ActualProtection,
): Promise<readonly Refusal[]> {
  const asked = desired.flatMap(({ table: { name: table }, protection }) => {
    const looks = changes.some(
      ({ edit, probe }) => probe !== null && 'table' in edit && edit.table === table,
    );
    const bodies = policyNames(table).flatMap((name) => policies.get(name) ?? []);
    return [
      ...(protection === null ? [] : [{ table, readers: protection.readers }]),
      ...(looks ? bodies.map((body) => ({ table, readers: readersOf(body) })) : []),
    ];
  });
  if (asked.length === 0) return [];
  const items = asked.map(({ readers }, index) => `IFF(${isReader(readers)}, 1, 0) AS R${index}`);
  const [row = []] = (await warehouse.execute(`SELECT ${items.join(', ')}`)).rows;
  const blind = asked.filter((_, index) => row[index] !== '1');
  return blind.map(({ table, readers }) => ({
    object: table,
    reason: `the role of this session is none of those that read ${table}: ${readers.join(', ')}`,
    wayOut: 'Set SNOWFLAKE_ROLE to one of them, or add its role to protection.readers in contract.json.',
  }));
}
