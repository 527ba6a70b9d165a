import type { ColumnDefinition } from '#snowflake/local/ast.ts';
import type { Catalog } from '#snowflake/local/catalog.ts';
import { missingObject } from '#snowflake/local/sql-error.ts';

export interface InformationView {
  /** DuckDB text. The catalog is small, so its rows are written out. */
  readonly sql: string;
  readonly columns: readonly string[];
}

/** One view of a database's INFORMATION_SCHEMA. @throws SqlError if there is no such database or view */
export function informationView(catalog: Catalog, database: string, view: string): InformationView {
  if (!catalog.databases.has(database)) throw missingObject('Database', database);
  if (view === 'SCHEMATA') {
    const rows = [...catalog.schemas]
      .filter((each) => each.startsWith(`${database}.`))
      .map((each) => [each.slice(database.length + 1)]);
    return values(['SCHEMA_NAME'], rows);
  }
  const tables = catalog.tables.filter((each) => each.database === database);
  if (view === 'TABLES') {
    return values(
      ['TABLE_SCHEMA', 'TABLE_NAME', 'COMMENT'],
      tables.map(({ schema, name, comment }) => [schema, name, comment]),
    );
  }
  if (view !== 'COLUMNS') throw missingObject('Object', `${database}.INFORMATION_SCHEMA.${view}`);
  const rows = tables.flatMap(({ schema, name, columns }) =>
    columns.map((column, index) => [schema, name, column.name, index + 1, ...describe(column)]),
  );
  return values(COLUMNS, rows);
}

const COLUMNS = [
  'TABLE_SCHEMA',
  'TABLE_NAME',
  'COLUMN_NAME',
  'ORDINAL_POSITION',
  'DATA_TYPE',
  'CHARACTER_MAXIMUM_LENGTH',
  'NUMERIC_PRECISION',
  'NUMERIC_SCALE',
  'DATETIME_PRECISION',
  'IS_NULLABLE',
  'COMMENT',
];

function describe({ type, nullable, comment }: ColumnDefinition): (string | number | null)[] {
  const { name, size, scale } = type;
  const isLength = name === 'TEXT' || name === 'BINARY';
  const isTime = name === 'TIME' || name.startsWith('TIMESTAMP');
  return [
    name,
    isLength ? size : null,
    name === 'NUMBER' ? size : null,
    name === 'NUMBER' ? scale : null,
    isTime ? size : null,
    nullable ? 'YES' : 'NO',
    comment,
  ];
}

function values(
  columns: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): InformationView {
  const cell = (value: string | number | null): string => {
    if (value === null) return 'NULL';
    return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
  };
  const names = columns.map((name) => `"${name}"`).join(', ');
  if (rows.length === 0) {
    return { sql: `SELECT ${columns.map((name) => `NULL AS "${name}"`).join(', ')} WHERE FALSE`, columns };
  }
  const list = rows.map((row) => `(${row.map(cell).join(', ')})`).join(', ');
  return { sql: `SELECT * FROM (VALUES ${list}) AS v(${names})`, columns };
}
