import type { Change, ChangeClass, Edit, Note, PlanOptions, Probe, Refusal } from '#snowflake/change.ts';
import { planFingerprint, stateFingerprint } from '#snowflake/fingerprints.ts';
import type { ActualState } from '#snowflake/live-state.ts';
import { type Place, quoted } from '#snowflake/names.ts';
import { type Desired, planTables } from '#snowflake/plan.ts';
import type { ReadState } from '#snowflake/read-state.ts';
import { refuseBlindRole } from '#snowflake/readers.ts';
import { afterEdit } from '#snowflake/simulate.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/** What a probe found. */
export interface Found {
  readonly rows: number;
  readonly count: number;
}

/** One statement of a plan, as a plan file keeps it. */
export interface Step {
  readonly kind: Edit['kind'];
  readonly class: ChangeClass;
  readonly object: string;
  readonly description: string;
  readonly reason: string;
  readonly sql: string;
  /** What the rows say to it: `0 of 1200 rows without X`. */
  readonly rows: string | null;
  /** The fingerprint of the state once it has run. */
  readonly after: string;
}

/** A plan as it is printed, kept in a file, and applied: no statement in it has run. */
export interface DeployPlan {
  readonly format: 'zoner-snowflake-plan/1';
  readonly place: Place;
  /** The tables and views that the plan is about. */
  readonly objects: readonly string[];
  /** The tables whose masks were read for it. */
  readonly masked: readonly string[];
  /** The fingerprint of the state that it was made against. */
  readonly live: string;
  /** The fingerprint of the plan. */
  readonly plan: string;
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
  readonly notes: readonly { readonly object: string; readonly text: string }[];
}

/**
 * Plans, and asks the rows what the plan has to know about them. Reads only.
 * @param deploys whether the session is that of whoever applies the plan, and has to see what masks hide
 * @throws ZonerError as the warehouse
 */
export async function makeDeployPlan(
  warehouse: Warehouse,
  desired: readonly Desired[],
  place: Place,
  { state: actual, masked, notes: found }: Omit<ReadState, 'dropped'>,
  options: PlanOptions,
  deploys: boolean,
): Promise<DeployPlan> {
  const { database, schema } = place;
  const planned = planTables(desired, place, actual, options);
  const objects = desired.flatMap(({ table, views }) => [table.name, ...views.map(({ name }) => name)]);
  const live = stateFingerprint(actual, objects);
  const refusals = [...planned.refusals];
  if (deploys && actual.protection !== null)
    refusals.push(...(await refuseBlindRole(warehouse, desired, planned.changes, actual.protection)));
  const steps: Step[] = [];
  let state = actual;
  for (const change of planned.changes) {
    const found = await ask(warehouse, change.probe, change, planned.changes, actual);
    if (change.probe?.mustBeZero === true && found !== null && found.count > 0)
      refusals.push(refuseRows(change, found));
    state = afterEdit(state, change.edit, place);
    const { class: kind, object, description, reason, sql } = change;
    const rows = found === null ? null : `${found.count} ${change.probe?.counts}, of ${found.rows} rows`;
    steps.push({
      kind: change.edit.kind,
      class: kind,
      object,
      description,
      reason,
      sql,
      rows,
      after: stateFingerprint(state, objects),
    });
  }
  const notes = await readNotes(warehouse, [...planned.notes, ...found]);
  const plan = planFingerprint(
    { database, schema },
    live,
    steps.map(({ sql }) => sql),
  );
  return {
    format: 'zoner-snowflake-plan/1',
    place: { database, schema },
    objects,
    masked,
    live,
    plan,
    steps,
    refusals,
    notes,
  };
}

async function readNotes(warehouse: Warehouse, notes: readonly Note[]): Promise<DeployPlan['notes']> {
  const read: { object: string; text: string }[] = [];
  for (const { object, text, probe } of notes) {
    const found = probe === null ? null : await run(warehouse, probe.sql);
    read.push({
      object,
      text: found === null ? text : `${text} (${found.count} ${probe?.counts}, of ${found.rows} rows)`,
    });
  }
  return read;
}

/** A column that the plan itself adds has no value in any row; one that it renames is asked for by its present name. */
async function ask(
  warehouse: Warehouse,
  probe: Probe | null,
  { edit }: Change,
  changes: readonly Change[],
  actual: ActualState,
): Promise<Found | null> {
  if (probe === null || !('column' in edit)) return null;
  const columns = actual.tables.get(edit.table)?.columns.map(({ name }) => name) ?? [];
  if (columns.includes(edit.column)) return run(warehouse, probe.sql);
  const renamed = changes.find(
    (each) =>
      each.edit.kind === 'rename-column' && each.edit.table === edit.table && each.edit.to === edit.column,
  );
  if (renamed?.edit.kind === 'rename-column') {
    return run(warehouse, probe.sql.replaceAll(quoted(edit.column), quoted(renamed.edit.column)));
  }
  const { rows } = await run(warehouse, probe.sql.replace(/COUNT_IF\([^)]*\)/, '0'));
  return { rows, count: rows };
}

async function run(warehouse: Warehouse, sql: string): Promise<Found> {
  const [[rows, count] = []] = (await warehouse.execute(sql)).rows;
  return { rows: Number(rows), count: Number(count) };
}

function refuseRows({ object, edit, description }: Change, found: Found): Refusal {
  const column = 'column' in edit ? edit.column : object;
  return {
    object,
    reason: `cannot ${description}: ${found.count} of ${found.rows} rows have none`,
    wayOut: `Give the field a default and plan again, fill ${column} in those rows, or leave the NOT NULL for later with --defer-not-null.`,
  };
}
