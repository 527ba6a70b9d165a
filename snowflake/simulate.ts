import type { Edit } from '#snowflake/change.ts';
import {
  type ActualColumn,
  type ActualProtection,
  type ActualState,
  type ActualTable,
  UNPROTECTED,
} from '#snowflake/live-state.ts';
import { type Place, qualified } from '#snowflake/names.ts';
import type { Column, Table } from '#snowflake/table.ts';
import { createView, type View } from '#snowflake/views.ts';

/** What the warehouse looks like after an edit. A plan uses it to know its own steps again after an interruption. */
export function afterEdit(state: ActualState, edit: Edit, place: Place): ActualState {
  switch (edit.kind) {
    case 'create-database':
      return { ...state, database: true };
    case 'create-schema':
      return { ...state, schema: true };
    case 'create-table':
      return { ...state, tables: new Map(state.tables).set(edit.table.name, asActual(edit.table)) };
    case 'replace-view': {
      const { name, columns, comment } = edit.view;
      const view = { columns: columns.map(viewColumn), comment, definition: createView(edit.view, place) };
      return { ...state, views: new Map(state.views).set(name, view) };
    }
    case 'create-tag':
      return withProtection(state, (now) => ({ ...now, tag: true }));
    case 'create-policy':
    case 'set-policy-body': {
      const { name, body } = edit.policy;
      return withProtection(state, (now) => ({ ...now, policies: new Map(now.policies).set(name, body) }));
    }
    case 'drop-policy':
      return withProtection(state, ({ tag, policies }) => {
        return { tag, policies: new Map([...policies].filter(([name]) => name !== edit.policy)) };
      });
    default: {
      const table = state.tables.get(edit.table);
      if (table === undefined) throw new Error(`an edit of ${edit.table}, which is not there`);
      return { ...state, tables: new Map(state.tables).set(edit.table, afterTableEdit(table, edit, place)) };
    }
  }
}

function viewColumn({ name, comment }: View['columns'][number]) {
  return { name, comment };
}

/** A table of a contract as it is once it was created. */
export function asActual({ columns, comment }: Table): ActualTable {
  return { columns: columns.map(asActualColumn), comment, type: 'BASE TABLE' };
}

export function asActualColumn({ name, sql, nullable, comment }: Column): ActualColumn {
  return { name, sql, nullable, comment, hasDefault: false, policy: null, tag: null };
}

type TableEdit = Extract<Edit, { table: string }>;

function withProtection(
  state: ActualState,
  change: (now: ActualProtection) => ActualProtection,
): ActualState {
  return { ...state, protection: change(state.protection ?? UNPROTECTED) };
}

function afterTableEdit(table: ActualTable, edit: TableEdit, place: Place): ActualTable {
  if (edit.kind === 'comment-table') return { ...table, comment: edit.comment };
  const change = (changed: Partial<ActualColumn>): ActualTable => {
    const columns = table.columns.map((each) => (each.name === edit.column ? { ...each, ...changed } : each));
    return { ...table, columns };
  };
  switch (edit.kind) {
    case 'rename-column':
      return change({ name: edit.to });
    case 'add-column':
      return { ...table, columns: [...table.columns, edit.as] };
    case 'widen-column':
      return change({ sql: edit.sql });
    case 'fill-column':
      return table;
    case 'set-not-null':
      return change({ nullable: false });
    case 'drop-not-null':
      return change({ nullable: true });
    case 'comment-column':
      return change({ comment: edit.comment });
    case 'mask-column':
      return change({ policy: qualified(place, edit.policy.name) });
    case 'unmask-column':
      return change({ policy: null });
    case 'tag-column':
      return change({ tag: edit.tag });
    case 'untag-column':
      return change({ tag: null });
    case 'drop-column':
      return { ...table, columns: table.columns.filter(({ name }) => name !== edit.column) };
  }
}
