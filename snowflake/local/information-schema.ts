import { type Catalog, type CatalogTable, type CatalogView, keyOf } from '#snowflake/local/catalog.ts';
import type { GeneratedQuery } from '#snowflake/local/generate-query.ts';
import { missingObject } from '#snowflake/local/sql-error.ts';
import { type SqlType, TYPES } from '#snowflake/local/sql-type.ts';

type Cell = string | number | null;

/** One view of a database's INFORMATION_SCHEMA. @throws SqlError if there is no such database or view */
export function informationView(catalog: Catalog, database: string, view: string): GeneratedQuery {
  if (!catalog.has(keyOf([database]))) throw missingObject('Database', database);
  const entries = [...catalog.values()].filter(({ name }) => name[0] === database);
  const objects = entries.filter((each) => each.kind === 'table' || each.kind === 'view');
  switch (view) {
    case 'SCHEMATA':
      return values(
        { CATALOG_NAME: TYPES.text, SCHEMA_NAME: TYPES.text },
        entries.filter(({ kind }) => kind === 'schema').map(({ name }) => [database, name[1] ?? '']),
      );
    case 'TABLES':
      return values(
        {
          TABLE_SCHEMA: TYPES.text,
          TABLE_NAME: TYPES.text,
          TABLE_TYPE: TYPES.text,
          IS_TRANSIENT: TYPES.text,
          RETENTION_TIME: TYPES.integer,
          COMMENT: TYPES.text,
        },
        objects.map(({ name, kind, comment }) => [
          name[1],
          name[2],
          kind === 'table' ? 'BASE TABLE' : 'VIEW',
          kind === 'table' ? 'NO' : null,
          // The account's default; nothing here can be read after it was deleted.
          kind === 'table' ? 1 : null,
          comment,
        ]),
      );
    case 'VIEWS':
      return values(
        {
          TABLE_SCHEMA: TYPES.text,
          TABLE_NAME: TYPES.text,
          VIEW_DEFINITION: TYPES.text,
          COMMENT: TYPES.text,
        },
        objects
          .filter((each) => each.kind === 'view')
          .map(({ name, text, comment, reads }) => [
            name[1],
            name[2],
            reads === undefined ? text : null,
            comment,
          ]),
      );
    case 'COLUMNS':
      return values(COLUMNS, objects.flatMap(columnRows));
    default:
      throw missingObject('Object', `${database}.INFORMATION_SCHEMA.${view}`);
  }
}

const COLUMNS: Readonly<Record<string, SqlType>> = {
  TABLE_SCHEMA: TYPES.text,
  TABLE_NAME: TYPES.text,
  COLUMN_NAME: TYPES.text,
  ORDINAL_POSITION: TYPES.integer,
  COLUMN_DEFAULT: TYPES.text,
  IS_NULLABLE: TYPES.text,
  DATA_TYPE: TYPES.text,
  CHARACTER_MAXIMUM_LENGTH: TYPES.integer,
  NUMERIC_PRECISION: TYPES.integer,
  NUMERIC_SCALE: TYPES.integer,
  DATETIME_PRECISION: TYPES.integer,
  COMMENT: TYPES.text,
};

function columnRows({ name, columns }: CatalogTable | CatalogView): readonly (readonly Cell[])[] {
  return columns.map(({ name: column, type, nullable, comment }, index) => {
    const { name: word, size, scale } = type;
    const isLength = word === 'TEXT' || word === 'BINARY';
    const isTime = word === 'TIME' || word.startsWith('TIMESTAMP');
    const isNumber = word === 'NUMBER';
    const facts = [
      isLength ? size : null,
      isNumber ? size : null,
      isNumber ? scale : null,
      isTime ? size : null,
    ];
    return [name[1], name[2], column, index + 1, null, nullable ? 'YES' : 'NO', word, ...facts, comment];
  });
}

/** The catalog is small, so its rows are written out. */
export function values(
  types: Readonly<Record<string, SqlType>>,
  rows: readonly (readonly Cell[])[],
): GeneratedQuery {
  const columns = Object.entries(types).map(([name, type], index) => ({ name, type, physical: `i${index}` }));
  const cell = (value: Cell | undefined, type: SqlType): string => {
    const text = value === null || value === undefined ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`;
    return `${text}::${type.name === 'NUMBER' ? 'DECIMAL(38,0)' : 'VARCHAR'}`;
  };
  const names = columns.map(({ physical }) => physical);
  const line = (row: readonly Cell[]): string =>
    columns.map(({ type }, index) => cell(row[index], type)).join(', ');
  if (rows.length === 0) {
    const empty = columns.map(({ type, physical }) => `${cell(null, type)} AS ${physical}`);
    return { sql: `(SELECT ${empty.join(', ')} WHERE FALSE)`, columns };
  }
  const list = rows.map((row) => `(${line(row)})`).join(', ');
  return { sql: `(SELECT * FROM (VALUES ${list}) AS v(${names.join(', ')}))`, columns };
}
