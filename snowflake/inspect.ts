import { isZonerError } from '#core/errors.ts';
import {
  type ActualColumn,
  type ActualState,
  type ActualTable,
  type ActualView,
  NOTHING,
} from '#snowflake/live-state.ts';
import { type Place, quoted } from '#snowflake/names.ts';
import type { StatementResult, Warehouse } from '#snowflake/warehouse.ts';

/** Reads INFORMATION_SCHEMA, and nothing of masks; changes nothing. @throws ZonerError as the warehouse */
export async function inspect(warehouse: Warehouse, place: Place): Promise<ActualState> {
  const information = `${quoted(place.database)}.INFORMATION_SCHEMA`;
  const read = (sql: string): Promise<StatementResult> => warehouse.execute(sql, [place.schema]);
  try {
    const schemas = await read(`SELECT SCHEMA_NAME FROM ${information}.SCHEMATA WHERE SCHEMA_NAME = ?`);
    if (schemas.rows.length === 0) return { ...NOTHING, database: true };
  } catch (error) {
    // A database that does not exist has no INFORMATION_SCHEMA either.
    if (isZonerError(error, 'TABLE_MISSING')) return NOTHING;
    throw error;
  }
  const objects = await read(
    `SELECT TABLE_NAME, TABLE_TYPE, COMMENT FROM ${information}.TABLES WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME`,
  );
  const definitions = await read(
    `SELECT TABLE_NAME, VIEW_DEFINITION FROM ${information}.VIEWS WHERE TABLE_SCHEMA = ?`,
  );
  const columns = columnsByTable(await read(columnsSql(information)));
  const texts = new Map(definitions.rows.map(([name, text]) => [name ?? '', text ?? null]));
  const tables = new Map<string, ActualTable>();
  const views = new Map<string, ActualView>();
  for (const [name = '', type, comment] of objects.rows) {
    const facts = { columns: columns.get(name ?? '') ?? [], comment: textOrNull(comment) };
    if (type === 'VIEW') views.set(name ?? '', { ...facts, definition: texts.get(name ?? '') ?? null });
    else tables.set(name ?? '', { ...facts, type: type ?? '' });
  }
  return { database: true, schema: true, tables, views, protection: null };
}

function columnsSql(information: string): string {
  return `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, IS_NULLABLE, COMMENT, COLUMN_DEFAULT
FROM ${information}.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`;
}

function columnsByTable({ rows }: StatementResult): ReadonlyMap<string, readonly ActualColumn[]> {
  const tables = new Map<string, ActualColumn[]>();
  for (const row of rows) {
    const [table, name, type, length, precision, scale, digits, nullable, comment, byDefault] = row;
    const column = {
      name: name ?? '',
      sql: typeText(type ?? '', length ?? null, precision ?? null, scale ?? null, digits ?? null),
      nullable: nullable === 'YES',
      comment: textOrNull(comment),
      hasDefault: textOrNull(byDefault) !== null,
      policy: null,
      tag: null,
    };
    const columns = tables.get(table ?? '');
    if (columns === undefined) tables.set(table ?? '', [column]);
    else columns.push(column);
  }
  return tables;
}

/** Snowflake gives no comment as NULL or as an empty text. */
function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** Snowflake's defaults, which DDL leaves out: 16 MB of text, 8 MB of bytes. */
const DEFAULT_LENGTHS: Readonly<Record<string, string>> = { TEXT: '16777216', BINARY: '8388608' };

function typeText(
  type: string,
  length: string | null,
  precision: string | null,
  scale: string | null,
  digits: string | null,
): string {
  if (type === 'NUMBER') return `NUMBER(${precision},${scale})`;
  if (type === 'TEXT' || type === 'BINARY') {
    const name = type === 'TEXT' ? 'VARCHAR' : type;
    return length === null || length === DEFAULT_LENGTHS[type] ? name : `${name}(${length})`;
  }
  return digits !== null && (type === 'TIME' || type.startsWith('TIMESTAMP')) ? `${type}(${digits})` : type;
}
