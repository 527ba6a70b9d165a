import { PERSONAL_TAGS } from '#avro/personal-data.ts';
import type { Edit } from '#snowflake/change.ts';
import { literal, type Place, qualified, quoted } from '#snowflake/names.ts';
import { PERSONAL } from '#snowflake/protection.ts';
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
    case 'create-tag':
      return `CREATE TAG IF NOT EXISTS ${qualified(place, PERSONAL)} ALLOWED_VALUES ${PERSONAL_TAGS.map(literal).join(', ')} COMMENT = ${literal('Values about people, as the contracts say.')}`;
    case 'create-policy': {
      const { name, type, body } = edit.policy;
      return `CREATE MASKING POLICY IF NOT EXISTS ${qualified(place, name)} AS ("VAL" ${type}) RETURNS ${type} -> ${body}`;
    }
    case 'set-policy-body':
      return `ALTER MASKING POLICY ${qualified(place, edit.policy.name)} SET BODY -> ${edit.policy.body}`;
    case 'drop-policy':
      return `DROP MASKING POLICY IF EXISTS ${qualified(place, edit.policy)}`;
    case 'mask-column':
    case 'unmask-column':
    case 'tag-column':
    case 'untag-column':
      return `ALTER TABLE ${qualified(place, edit.table)} ALTER COLUMN ${quoted(edit.column)} ${protection(edit, place)}`;
    default:
      return `ALTER TABLE ${qualified(place, edit.table)} ${alteration(edit)}`;
  }
}

type ColumnEdit = Extract<Edit, { column: string }>;
type ProtectionEdit = Extract<
  ColumnEdit,
  { kind: 'mask-column' | 'unmask-column' | 'tag-column' | 'untag-column' }
>;

/** Source: Snowflake's page on ALTER TABLE … ALTER COLUMN. A policy that is set already may be set again. */
function protection(edit: ProtectionEdit, place: Place): string {
  switch (edit.kind) {
    case 'mask-column':
      return `SET MASKING POLICY ${qualified(place, edit.policy.name)}`;
    case 'unmask-column':
      return 'UNSET MASKING POLICY';
    case 'tag-column':
      return `SET TAG ${qualified(place, PERSONAL)} = ${literal(edit.tag)}`;
    case 'untag-column':
      return `UNSET TAG ${qualified(place, PERSONAL)}`;
  }
}

function alteration(edit: Exclude<ColumnEdit, ProtectionEdit | { kind: 'fill-column' }>): string {
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
