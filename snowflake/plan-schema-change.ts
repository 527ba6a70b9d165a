import type { Contract } from '#contract/contract.ts';
import { columnType } from '#snowflake/column-type.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';
import { type ActualState, NOTHING, UNPROTECTED } from '#snowflake/live-state.ts';
import type { Place } from '#snowflake/names.ts';
import { desiredOf, planTables, type TablesPlan } from '#snowflake/plan.ts';
import { afterEdit } from '#snowflake/simulate.ts';

/** A field whose column cannot follow its new type, and what stands for it instead. */
export interface ImpossibleInPlace {
  /** `TABLE.COLUMN` of the column that stays as it is. */
  readonly object: string;
  /** The member of the newest version's record. */
  readonly field: string;
  readonly reason: string;
  readonly wayOut: string;
}

export interface SchemaChangePlan extends TablesPlan {
  readonly impossibleInPlace: readonly ImpossibleInPlace[];
}

/**
 * What the newest version of a contract does to the warehouse of the versions before it: the statements that
 * `zoner snowflake plan` would print for a table that was deployed from `history`, and the changes of type that
 * Snowflake cannot make in place, each with what is done instead. Pure; needs no warehouse.
 * @param contract with the new root schema
 * @param history the versions before it, oldest first; with none, the plan creates the table
 * @throws ZonerError CONTRACT_INVALID where names collide
 */
export function planSchemaChange(
  contract: Contract,
  history: readonly SchemaVersion[],
  place: Place,
): SchemaChangePlan {
  const empty: ActualState = { ...NOTHING, database: true, schema: true, protection: UNPROTECTED };
  const last = history.at(-1);
  let before = empty;
  if (last !== undefined) {
    const deployed = desiredOf(
      { ...contract, id: idOf(contract, last), root: last.schema },
      history.slice(0, -1),
    );
    for (const { edit } of planTables([deployed], place, empty).changes)
      before = afterEdit(before, edit, place);
  }
  const desired = desiredOf(contract, history);
  const had = before.tables.get(contract.table);
  const impossibleInPlace = desired.table.columns.flatMap((column): readonly ImpossibleInPlace[] => {
    const { member, shadowOf, name, sql } = column;
    if (member === null || shadowOf === null || had === undefined) return [];
    if (had.columns.some((each) => each.name === name)) return [];
    const old = had.columns.find((each) => each.name === shadowOf || column.formerNames.includes(each.name));
    return [
      {
        object: `${contract.table}.${shadowOf}`,
        field: member,
        reason: `Snowflake cannot turn ${old?.sql ?? 'the column'} into ${sql} in place`,
        wayOut: `New rows go to the column ${name}; ${shadowOf} keeps the old ones, and the view ${contract.table}_CURRENT shows both.`,
      },
    ];
  });
  return { ...planTables([desired], place, before), impossibleInPlace };
}

/** The id field under an earlier version: an alias may have renamed it. */
function idOf(contract: Contract, { schema }: SchemaVersion): string | null {
  if (contract.id === null) return null;
  const names = [
    contract.id,
    ...(contract.root.fields.find(({ name }) => name === contract.id)?.aliases ?? []),
  ];
  const isText = (name: string): boolean =>
    schema.fields.some((field) => field.name === name && columnType(field.schema).sql.startsWith('VARCHAR'));
  return names.find(isText) ?? null;
}
