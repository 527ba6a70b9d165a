import type { Contract } from '#contract/contract.ts';
import {
  allowanceFor,
  type Change,
  type MakeChange,
  type Note,
  PLAN_DEFAULTS,
  type PlanOptions,
  type Refusal,
} from '#snowflake/change.ts';
import { changeSql } from '#snowflake/change-sql.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';
import type { ActualState, ActualView } from '#snowflake/live-state.ts';
import type { Place } from '#snowflake/names.ts';
import { planColumns } from '#snowflake/plan-columns.ts';
import { type ProtectionPlan, planProtection } from '#snowflake/plan-protection.ts';
import { protectionOf, type TableProtection } from '#snowflake/protection.ts';
import { afterEdit } from '#snowflake/simulate.ts';
import { type Table, tableOf } from '#snowflake/table.ts';
import { type View, viewBody, viewsOf } from '#snowflake/views.ts';

/** A contract's table and views as they have to be. */
export interface Desired {
  readonly table: Table;
  readonly views: readonly View[];
  /** Null where the contract asks for no masks. */
  readonly protection: TableProtection | null;
}

/** @throws ZonerError CONTRACT_INVALID where names collide */
export function desiredOf(contract: Contract, history: readonly SchemaVersion[] = []): Desired {
  const table = tableOf(contract, history);
  const protection = protectionOf(contract, history, table);
  return { table, views: viewsOf(contract, table), protection };
}

export interface TablesPlan {
  /** In the order in which they have to run. */
  readonly changes: readonly Change[];
  /** Nothing of a plan runs while it refuses something. */
  readonly refusals: readonly Refusal[];
  readonly notes: readonly Note[];
}

/**
 * What to do so that the place has these tables and views, whatever it has now. Pure: no statement runs, and rows are
 * only asked for in each change's `probe`. A table that is there is changed column by column and never replaced; what
 * Snowflake cannot do in place is refused with the way out.
 */
export function planTables(
  desired: readonly Desired[],
  place: Place,
  actual: ActualState,
  options: PlanOptions = PLAN_DEFAULTS,
): TablesPlan {
  const make: MakeChange = (edit, facts) => ({
    class: 'safe',
    probe: null,
    ...facts,
    edit,
    sql: changeSql(edit, place),
  });
  const changes: Change[] = [...planPlace(place, actual, make)];
  const refusals: Refusal[] = [...refuseSharedNames(desired)];
  const notes: Note[] = [];
  let hasTag = actual.protection?.tag ?? false;
  for (const each of desired) {
    const { table, views } = each;
    const found = actual.tables.get(table.name);
    const before = changes.length;
    if (actual.views.has(table.name)) refusals.push(isOther(table.name, 'a view', 'a table'));
    else if (found === undefined) {
      const description = `create table ${table.name} with ${table.columns.length} columns`;
      changes.push(
        make({ kind: 'create-table', table }, { object: table.name, description, reason: 'it is missing' }),
      );
    } else if (found.type !== 'BASE TABLE') {
      refusals.push(isOther(table.name, `of the type ${found.type}`, 'a standard table'));
    } else {
      const columns = planColumns(table, found, place, options, make);
      changes.push(...columns.changes);
      refusals.push(...columns.refusals);
      notes.push(...columns.notes);
    }
    const masks = planMasks(each, changes.slice(before), place, actual, hasTag, make);
    changes.splice(before, 0, ...masks.first);
    changes.push(...masks.last);
    notes.push(...masks.notes);
    hasTag ||= masks.last.some(({ edit }) => edit.kind === 'create-tag');
    for (const view of views) {
      if (actual.tables.has(view.name)) refusals.push(isOther(view.name, 'a table', 'a view'));
      else changes.push(...planView(view, actual.views.get(view.name), place, make));
    }
  }
  return { changes, refusals: [...refusals, ...uselessAllowances(changes, options)], notes };
}

/** A table that is there, or is made by these changes, and its masks. */
function planMasks(
  { table, protection }: Desired,
  changes: readonly Change[],
  place: Place,
  actual: ActualState,
  hasTag: boolean,
  make: MakeChange,
): ProtectionPlan {
  const after = changes.reduce((state, { edit }) => afterEdit(state, edit, place), actual);
  const columns = after.tables.get(table.name)?.columns;
  if (actual.protection === null || columns === undefined) return NO_MASKS;
  return planProtection({ table: table.name, place, make }, protection, columns, actual.protection, hasTag);
}

const NO_MASKS: ProtectionPlan = { first: [], last: [], notes: [] };

function planPlace({ database, schema }: Place, actual: ActualState, make: MakeChange): readonly Change[] {
  const changes: Change[] = [];
  const reason = 'it is missing, or this role may not see it';
  if (!actual.database) {
    const description = `create database ${database}`;
    changes.push(make({ kind: 'create-database' }, { object: database, description, reason }));
  }
  if (!actual.schema) {
    const description = `create schema ${database}.${schema}`;
    changes.push(make({ kind: 'create-schema' }, { object: `${database}.${schema}`, description, reason }));
  }
  return changes;
}

function planView(
  view: View,
  actual: ActualView | undefined,
  place: Place,
  make: MakeChange,
): readonly Change[] {
  const reason = viewDifference(view, actual, place);
  if (reason === null) return [];
  const description = `${actual === undefined ? 'create' : 'replace'} view ${view.name}`;
  return [make({ kind: 'replace-view', view }, { object: view.name, description, reason })];
}

/** Why a view has to be made, or null. */
export function viewDifference(view: View, actual: ActualView | undefined, place: Place): string | null {
  if (actual === undefined) return 'it is missing';
  const spaces = (text: string): string => text.replace(/\s+/g, ' ').replace(/[;\s]+$/, '');
  if (actual.definition !== null && !spaces(actual.definition).endsWith(spaces(viewBody(view, place))))
    return 'it reads something else';
  const names = (columns: ActualView['columns']): string =>
    JSON.stringify(columns.map(({ name, comment }) => [name, comment]));
  if (names(actual.columns) !== names(view.columns)) return 'its columns or their comments differ';
  return actual.comment === view.comment ? null : 'its comment differs';
}

function isOther(object: string, is: string, needed: string): Refusal {
  return {
    object,
    reason: `${object} is ${is}, and the contract needs ${needed} of this name`,
    wayOut: 'Rename what is there, or give the contract another table in contract.json.',
  };
}

function refuseSharedNames(desired: readonly Desired[]): readonly Refusal[] {
  const owners = new Map<string, string>();
  const refusals: Refusal[] = [];
  for (const { table, views } of desired) {
    for (const name of [table.name, ...views.map((view) => view.name)]) {
      const owner = owners.get(name);
      if (owner !== undefined) {
        const reason = `${name} would belong to the contract of ${table.name} and to that of ${owner}`;
        refusals.push({ object: name, reason, wayOut: 'Give one of them another table in contract.json.' });
      }
      owners.set(name, table.name);
    }
  }
  return refusals;
}

function uselessAllowances(changes: readonly Change[], { allow }: PlanOptions): readonly Refusal[] {
  const needed = new Set(
    changes
      .filter((change) => change.class === 'destructive')
      .map(({ edit, object }) => allowanceFor(edit.kind, object)),
  );
  return [...allow]
    .filter((each) => !needed.has(each))
    .map((each) => {
      const object = each.replace(/^[^:]*:/, '');
      return each.startsWith('drop:')
        ? {
            object,
            reason: `--allow ${each} names no column that could be dropped`,
            wayOut: 'Name a column that is in the warehouse and that no contract writes any more.',
          }
        : {
            object,
            reason: `--allow ${each} names no table that could be unmasked`,
            wayOut: 'Name a table that has masks, and whose contract asks for none.',
          };
    });
}
