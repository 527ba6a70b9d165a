import type { Change, MakeChange, Note, PlanOptions, Probe, Refusal } from '#snowflake/change.ts';
import type { ActualColumn, ActualTable } from '#snowflake/live-state.ts';
import { type Place, qualified, quoted } from '#snowflake/names.ts';
import { asActualColumn } from '#snowflake/simulate.ts';
import type { Column, Table } from '#snowflake/table.ts';
import { canAlter, holds } from '#snowflake/type-change.ts';

interface ColumnsPlan {
  readonly changes: readonly Change[];
  readonly refusals: readonly Refusal[];
  readonly notes: readonly Note[];
}

/** What brings a table that is there to the desired columns, one column after the other. */
export function planColumns(
  table: Table,
  actual: ActualTable,
  place: Place,
  options: PlanOptions,
  make: MakeChange,
): ColumnsPlan {
  const context = { table, place, options, make };
  const { renames, columns } = planRenames(context, actual);
  const changes = [...renames];
  const refusals: Refusal[] = [];
  const notes: Note[] = [];
  for (const column of table.columns) {
    const object = `${table.name}.${column.name}`;
    const found = columns.get(column.name);
    columns.delete(column.name);
    if (column.member === null && (options.dropped.has(object) || options.allow.has(`drop:${object}`))) {
      if (found !== undefined && options.allow.has(`drop:${object}`))
        changes.push(drop(context, column.name));
      continue;
    }
    if (found === undefined) changes.push(...addColumn(context, column));
    else {
      const planned = changeColumn(context, column, found);
      changes.push(...planned.changes);
      refusals.push(...planned.refusals);
      notes.push(...planned.notes);
    }
  }
  for (const stray of columns.values()) {
    if (options.allow.has(`drop:${table.name}.${stray.name}`)) changes.push(drop(context, stray.name));
    else if (!stray.nullable && !stray.hasDefault) refusals.push(refuseRequired(context, stray));
  }
  if (actual.comment !== table.comment) {
    const edit = { kind: 'comment-table', table: table.name, comment: table.comment } as const;
    const description = `comment table ${table.name}`;
    changes.push(make(edit, { object: table.name, description, reason: 'the doc of the schema differs' }));
  }
  return { changes, refusals, notes };
}

interface Context {
  readonly table: Table;
  readonly place: Place;
  readonly options: PlanOptions;
  readonly make: MakeChange;
}

/**
 * A column that is missing under its name and there under an earlier one is renamed: its data stays. A name that another
 * rename gives away first is free for the next, so renames go on until none is left.
 */
function planRenames({ table, make }: Context, actual: ActualTable) {
  const columns = new Map(actual.columns.map((column) => [column.name, column]));
  const renames: Change[] = [];
  const rename = (from: string, column: Column, found: ActualColumn): void => {
    columns.delete(from);
    columns.set(column.name, { ...found, name: column.name });
    const edit = { kind: 'rename-column', table: table.name, column: from, to: column.name } as const;
    const description = `rename column ${table.name}.${from} to ${column.name}`;
    renames.push(
      make(edit, {
        object: `${table.name}.${column.name}`,
        description,
        reason: 'an alias of the field says so',
      }),
    );
  };
  for (let before = -1; before !== renames.length; ) {
    before = renames.length;
    for (const column of table.columns) {
      if (columns.has(column.name)) continue;
      const from = column.formerNames.find((name) => columns.has(name));
      const found = from === undefined ? undefined : columns.get(from);
      if (from !== undefined && found !== undefined) rename(from, column, found);
    }
  }
  return { renames, columns };
}

function addColumn(context: Context, column: Column): readonly Change[] {
  const { table, make } = context;
  const object = `${table.name}.${column.name}`;
  // Without a DEFAULT, Snowflake adds no NOT NULL column to a table with rows.
  const as = { ...asActualColumn(column), nullable: true };
  const add = make(
    { kind: 'add-column', table: table.name, column: column.name, as },
    { object, description: `add column ${object} ${column.sql}`, reason: reasonToAdd(column) },
  );
  return [add, ...fillAndRequire(context, column, as)];
}

function reasonToAdd({ member, shadowOf, sql }: Column): string {
  if (shadowOf !== null)
    return `Snowflake cannot turn ${shadowOf} into ${sql} in place; the column stands beside it`;
  return member === null ? 'an earlier version has the field' : 'the contract has the field';
}

/** Gives old rows the field's default, if it has one, and then requires a value. */
function fillAndRequire(context: Context, column: Column, found: ActualColumn): readonly Change[] {
  if (column.nullable || !found.nullable) return [];
  const { table, place, options, make } = context;
  const object = `${table.name}.${column.name}`;
  const at = { table: table.name, column: column.name };
  const changes: Change[] = [];
  if (column.backfill !== null) {
    const description = `fill ${object} with ${column.backfill} where it is NULL`;
    const reason = 'rows are older than the field, and this is its default';
    const probe = countNulls(context, column, false);
    changes.push(
      make(
        { kind: 'fill-column', ...at, value: column.backfill },
        { object, description, reason, class: 'needs-data', probe },
      ),
    );
  }
  if (!options.deferNotNull) {
    const description = `require a value in ${object}`;
    // Nulls that the statement before fills do no harm.
    const probe = countNulls({ table, place }, column, column.backfill === null);
    const reason = 'the field is not nullable';
    changes.push(
      make({ kind: 'set-not-null', ...at }, { object, description, reason, class: 'needs-data', probe }),
    );
  }
  return changes;
}

function countNulls(
  { table, place }: Pick<Context, 'table' | 'place'>,
  { name }: Column,
  mustBeZero: boolean,
): Probe {
  return {
    sql: `SELECT COUNT(*) AS ALL_ROWS, COUNT_IF(${quoted(name)} IS NULL) AS FOUND FROM ${qualified(place, table.name)}`,
    counts: `rows without ${name}`,
    mustBeZero,
  };
}

function changeColumn(context: Context, column: Column, found: ActualColumn): ColumnsPlan {
  const { table, place, make } = context;
  const object = `${table.name}.${column.name}`;
  const at = { table: table.name, column: column.name };
  const changes: Change[] = [];
  const notes: Note[] = [];
  if (canAlter(found.sql, column.sql)) {
    const description = `widen column ${object} from ${found.sql} to ${column.sql}`;
    changes.push(
      make(
        { kind: 'widen-column', ...at, sql: column.sql },
        { object, description, reason: 'the contract needs more room' },
      ),
    );
  } else if (!holds(found.sql, column.sql))
    return { changes, refusals: [refuseType(context, column, found)], notes };
  else if (found.sql !== column.sql) {
    const text = `${object} is ${found.sql}; the contract needs no more than ${column.sql}`;
    notes.push({ object, text, probe: longest(column, place, table) });
  }
  if (column.nullable && !found.nullable) {
    const description = `allow NULL in ${object}`;
    const reason = column.member === null ? 'no row has a value for it any more' : 'the field is nullable';
    changes.push(make({ kind: 'drop-not-null', ...at }, { object, description, reason }));
  }
  changes.push(...fillAndRequire(context, column, found));
  if (found.comment !== column.comment) {
    const edit = { kind: 'comment-column', ...at, comment: column.comment } as const;
    changes.push(
      make(edit, { object, description: `comment column ${object}`, reason: 'the doc of the field differs' }),
    );
  }
  return { changes, refusals: [], notes };
}

function longest({ name, sql }: Column, place: Place, table: Table): Probe | null {
  if (!sql.startsWith('VARCHAR')) return null;
  return {
    sql: `SELECT COUNT(*) AS ALL_ROWS, COALESCE(MAX(LENGTH(${quoted(name)})), 0) AS FOUND FROM ${qualified(place, table.name)}`,
    counts: `characters in the longest ${name}`,
    mustBeZero: false,
  };
}

function drop({ table, make, place }: Context, column: string): Change {
  const object = `${table.name}.${column}`;
  const probe: Probe = {
    sql: `SELECT COUNT(*) AS ALL_ROWS, COUNT(${quoted(column)}) AS FOUND FROM ${qualified(place, table.name)}`,
    counts: `values of ${column} that go with it`,
    mustBeZero: false,
  };
  return make(
    { kind: 'drop-column', table: table.name, column },
    { object, description: `drop column ${object}`, reason: '--allow names it', class: 'destructive', probe },
  );
}

function refuseType({ table, place }: Context, column: Column, found: ActualColumn): Refusal {
  const old = `${found.name}_OLD`;
  return {
    object: `${table.name}.${column.name}`,
    reason: `column ${column.name} is ${found.sql}, the contract wants ${column.sql}, and Snowflake cannot change one into the other`,
    wayOut: `Keep its data under another name, and plan again: ALTER TABLE ${qualified(place, table.name)} RENAME COLUMN ${quoted(column.name)} TO ${quoted(old)}`,
  };
}

function refuseRequired({ table, place }: Context, stray: ActualColumn): Refusal {
  const name = quoted(stray.name);
  return {
    object: `${table.name}.${stray.name}`,
    reason: `column ${stray.name} is required, has no default, and no version of the contract has such a field: no row could be written`,
    wayOut: `Let it be empty: ALTER TABLE ${qualified(place, table.name)} ALTER COLUMN ${name} DROP NOT NULL`,
  };
}
