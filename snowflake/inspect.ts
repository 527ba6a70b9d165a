import { isZonerError } from '#core/errors.ts';
import { type Place, quoted } from '#snowflake/names.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

export interface ActualColumn {
  readonly name: string;
  /** Spelled as in DDL: `NUMBER(10,0)`. */
  readonly sql: string;
  readonly nullable: boolean;
}

/** What the warehouse has at a place. */
export interface ActualState {
  readonly database: boolean;
  readonly schema: boolean;
  /** Columns in order, by table. */
  readonly tables: ReadonlyMap<string, readonly ActualColumn[]>;
}

/** Reads INFORMATION_SCHEMA; changes nothing. @throws ZonerError as the warehouse */
export async function inspect(warehouse: Warehouse, place: Place): Promise<ActualState> {
  const information = `${quoted(place.database)}.INFORMATION_SCHEMA`;
  try {
    const schemas = await warehouse.execute(
      `SELECT SCHEMA_NAME FROM ${information}.SCHEMATA WHERE SCHEMA_NAME = ?`,
      [place.schema],
    );
    if (schemas.rows.length === 0) return { database: true, schema: false, tables: new Map() };
  } catch (error) {
    // A database that does not exist has no INFORMATION_SCHEMA either.
    if (isZonerError(error, 'TABLE_MISSING')) return { database: false, schema: false, tables: new Map() };
    throw error;
  }
  const { rows } = await warehouse.execute(
    `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, IS_NULLABLE
FROM ${information}.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    [place.schema],
  );
  const tables = new Map<string, ActualColumn[]>();
  for (const [table = '', name, type, length, precision, scale, digits, nullable] of rows) {
    const column = {
      name: name ?? '',
      sql: typeText(type ?? '', length ?? null, precision ?? null, scale ?? null, digits ?? null),
      nullable: nullable === 'YES',
    };
    tables.set(table ?? '', [...(tables.get(table ?? '') ?? []), column]);
  }
  return { database: true, schema: true, tables };
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
