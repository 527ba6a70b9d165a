import type { Edit } from '#snowflake/change.ts';
import { literal, type Place, qualified, quoted } from '#snowflake/names.ts';
import { createTable } from '#snowflake/table-ddl.ts';
import { createView } from '#snowflake/views.ts';

/** The statement of an edit, without a semicolon. */
export function changeSql(edit: Edit, place: Place): string {
  switch (edit.kind) {
    case 'create-database':
      return `CREATE DATABASE IF NOT EXISTS ${quoted(place.database)}`;
    case 'create-schema':
      return `CREATE SCHEMA IF NOT EXISTS ${quoted(place.database)}.${quoted(place.schema)}`;
    case 'create-table':
      return createTable(edit.table, place);
    case 'replace-view':
      return createView(edit.view, place);
    case 'fill-column': {
      const column = quoted(edit.column);
      return `UPDATE ${qualified(place, edit.table)} SET ${column} = ${edit.value} WHERE ${column} IS NULL`;
    }
    case 'comment-table':
      return `COMMENT ON TABLE ${qualified(place, edit.table)} IS ${literal(edit.comment)}`;
    default:
      return `ALTER TABLE ${qualified(place, edit.table)} ${alteration(edit)}`;
  }
}

type ColumnEdit = Extract<Edit, { column: string }>;

function alteration(edit: Exclude<ColumnEdit, { kind: 'fill-column' }>): string {
  const column = quoted(edit.column);
  switch (edit.kind) {
    case 'rename-column':
      return `RENAME COLUMN ${column} TO ${quoted(edit.to)}`;
    case 'add-column': {
      const { sql, comment } = edit.as;
      return `ADD COLUMN IF NOT EXISTS ${column} ${sql}${comment === null ? '' : ` COMMENT ${literal(comment)}`}`;
    }
    case 'widen-column':
      return `ALTER COLUMN ${column} SET DATA TYPE ${edit.sql}`;
    case 'set-not-null':
      return `ALTER COLUMN ${column} SET NOT NULL`;
    case 'drop-not-null':
      return `ALTER COLUMN ${column} DROP NOT NULL`;
    case 'comment-column':
      return `ALTER COLUMN ${column} ${edit.comment === null ? 'UNSET COMMENT' : `COMMENT ${literal(edit.comment)}`}`;
    case 'drop-column':
      return `DROP COLUMN IF EXISTS ${column}`;
  }
}
