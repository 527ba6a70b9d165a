import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { ColumnDefinition, Statement } from '#snowflake/local/ast.ts';
import {
  type Catalog,
  type CatalogTable,
  duckdbSchema,
  findTable,
  fullName,
} from '#snowflake/local/catalog.ts';
import { duckdbError } from '#snowflake/local/duckdb-error.ts';
import { generateExpression, quote } from '#snowflake/local/generate-expression.ts';
import { generateQuery } from '#snowflake/local/generate-query.ts';
import { parseStatement } from '#snowflake/local/parse-statement.ts';
import { describeColumn, type RowType } from '#snowflake/local/result-format.ts';
import type { Kind } from '#snowflake/local/scope.ts';
import { missingObject, SqlError } from '#snowflake/local/sql-error.ts';
import { duckdbType, MAX_BINARY, MAX_TEXT } from '#snowflake/local/sql-type.ts';

export interface EngineResult {
  readonly columns: readonly RowType[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** What kind of statement it was, for the driver's count of rows. */
  readonly statement: 'query' | 'merge' | 'other';
}

export interface Engine {
  /** Runs one statement; statements run one after the other. @throws SqlError */
  execute(sql: string, binds: readonly (string | null)[]): Promise<EngineResult>;
  close(): void;
}

const CATALOG = 'zoner_catalog';

/** Snowflake's statements on DuckDB. `path` is a file that keeps everything that was acknowledged, or null. */
export async function openEngine(path: string | null): Promise<Engine> {
  const instance = await DuckDBInstance.create(path ?? ':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`CREATE TABLE IF NOT EXISTS ${CATALOG} (entry VARCHAR NOT NULL)`);
  const catalog = await readCatalog(connection);
  let queue: Promise<unknown> = Promise.resolve();
  return {
    execute(sql, binds) {
      const result = queue.then(() => run(connection, catalog, sql, binds));
      queue = result.catch(() => {});
      return result;
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

interface MutableCatalog extends Catalog {
  readonly databases: Set<string>;
  readonly schemas: Set<string>;
  readonly tables: CatalogTable[];
}

type Entry =
  | { readonly kind: 'database'; readonly name: string }
  | { readonly kind: 'schema'; readonly name: string }
  | { readonly kind: 'table'; readonly table: CatalogTable };

async function readCatalog(connection: DuckDBConnection): Promise<MutableCatalog> {
  const catalog: MutableCatalog = { databases: new Set(), schemas: new Set(), tables: [] };
  const reader = await connection.runAndReadAll(`SELECT entry FROM ${CATALOG}`);
  for (const [entry] of reader.getRows()) enter(catalog, JSON.parse(String(entry)) as Entry);
  return catalog;
}

function enter(catalog: MutableCatalog, entry: Entry): void {
  if (entry.kind === 'database') catalog.databases.add(entry.name);
  if (entry.kind === 'schema') catalog.schemas.add(entry.name);
  if (entry.kind === 'table') catalog.tables.push(entry.table);
}

/** Runs DDL and writes it down, both or neither. */
async function record(
  connection: DuckDBConnection,
  catalog: MutableCatalog,
  entry: Entry,
  sql: string | null,
): Promise<void> {
  await connection.run('BEGIN');
  try {
    if (sql !== null) await connection.run(sql);
    await connection.run(`INSERT INTO ${CATALOG} VALUES ($1)`, [JSON.stringify(entry)]);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK');
    throw error;
  }
  enter(catalog, entry);
}

async function run(
  connection: DuckDBConnection,
  catalog: MutableCatalog,
  sql: string,
  binds: readonly (string | null)[],
): Promise<EngineResult> {
  const statement = parseStatement(sql);
  try {
    switch (statement.kind) {
      case 'session':
        return message('Statement executed successfully.');
      case 'create-database':
        return await createDatabase(connection, catalog, statement);
      case 'create-schema':
        return await createSchema(connection, catalog, statement);
      case 'create-table':
        return await createTable(connection, catalog, statement);
      case 'merge':
        return await merge(connection, catalog, statement, binds);
      case 'query':
        return await query(connection, generateQuery(statement.query, catalog).sql, binds);
    }
  } catch (error) {
    throw duckdbError(error);
  }
}

function message(text: string): EngineResult {
  const status: RowType = {
    name: 'status',
    type: 'text',
    nullable: true,
    precision: null,
    scale: null,
    length: text.length,
  };
  return { columns: [status], rows: [[text]], statement: 'other' };
}

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

function exists(ifNotExists: boolean, kind: string, name: string): EngineResult {
  if (ifNotExists) return message(`${name} already exists, statement succeeded.`);
  throw new SqlError('002002', '42710', `SQL compilation error:\n${kind} '${name}' already exists.`);
}

async function createDatabase(
  connection: DuckDBConnection,
  catalog: MutableCatalog,
  { name, ifNotExists }: Of<'create-database'>,
) {
  if (catalog.databases.has(name)) return exists(ifNotExists, 'Object', name);
  await record(connection, catalog, { kind: 'database', name }, null);
  // Every new database has it.
  await createSchema(connection, catalog, {
    kind: 'create-schema',
    name: [name, 'PUBLIC'],
    ifNotExists: true,
  });
  return message(`Database ${name} successfully created.`);
}

async function createSchema(
  connection: DuckDBConnection,
  catalog: MutableCatalog,
  { name, ifNotExists }: Of<'create-schema'>,
) {
  const [database = '', schema = ''] = fullName(name, 2);
  if (!catalog.databases.has(database)) throw missingObject('Database', database);
  const key = duckdbSchema(database, schema);
  if (catalog.schemas.has(key)) return exists(ifNotExists, 'Object', schema);
  await record(connection, catalog, { kind: 'schema', name: key }, `CREATE SCHEMA ${quote(key)}`);
  return message(`Schema ${schema} successfully created.`);
}

async function createTable(
  connection: DuckDBConnection,
  catalog: MutableCatalog,
  statement: Of<'create-table'>,
) {
  const [database = '', schema = '', name = ''] = fullName(statement.name);
  const key = duckdbSchema(database, schema);
  if (!catalog.schemas.has(key)) throw missingObject('Schema', key);
  if (
    catalog.tables.some((each) => each.database === database && each.schema === schema && each.name === name)
  ) {
    return exists(statement.ifNotExists, 'Object', name);
  }
  const { columns, comment } = statement;
  const table: CatalogTable = { database, schema, name, columns, comment };
  const ddl = `CREATE TABLE ${quote(key)}.${quote(name)} (${columns.map(columnText).join(', ')})`;
  await record(connection, catalog, { kind: 'table', table }, ddl);
  return message(`Table ${name} successfully created.`);
}

/** DuckDB does not limit lengths, so a check does; its message names the column and not the value. */
function columnText({ name, type, nullable }: ColumnDefinition): string {
  const limited =
    (type.name === 'TEXT' && type.size !== MAX_TEXT) || (type.name === 'BINARY' && type.size !== MAX_BINARY);
  const length = type.name === 'TEXT' ? 'length' : 'octet_length';
  const check = limited ? ` CHECK (${length}(${quote(name)}) <= ${type.size})` : '';
  return `${quote(name)} ${duckdbType(type)}${nullable ? '' : ' NOT NULL'}${check}`;
}

async function merge(
  connection: DuckDBConnection,
  catalog: MutableCatalog,
  statement: Of<'merge'>,
  binds: readonly (string | null)[],
): Promise<EngineResult> {
  const table = findTable(catalog, statement.into);
  const target = new Map<string, Kind>(
    table.columns.map(({ name, type }) => [name, type.name === 'VARIANT' ? 'variant' : 'plain']),
  );
  const source = generateQuery(statement.using.query, catalog);
  const scope = {
    sources: new Map<string, ReadonlyMap<string, Kind>>([
      [statement.alias, target],
      [statement.using.alias, source.columns],
    ]),
    aliases: new Map<string, Kind>(),
  };
  const sqlOf = (each: Parameters<typeof generateExpression>[0]): string =>
    generateExpression(each, scope).sql;
  const sql = `MERGE INTO ${quote(duckdbSchema(table.database, table.schema))}.${quote(table.name)} AS ${quote(statement.alias)}
USING (${source.sql}) AS ${quote(statement.using.alias)} ON ${sqlOf(statement.on)}
WHEN NOT MATCHED THEN INSERT (${statement.columns.map(quote).join(', ')}) VALUES (${statement.values.map(sqlOf).join(', ')})`;
  const { rowsChanged } = await connection.run(sql, [...binds]);
  const inserted: RowType = {
    name: 'number of rows inserted',
    type: 'fixed',
    nullable: true,
    precision: 38,
    scale: 0,
    length: null,
  };
  return { columns: [inserted], rows: [[String(rowsChanged)]], statement: 'merge' };
}

async function query(
  connection: DuckDBConnection,
  sql: string,
  binds: readonly (string | null)[],
): Promise<EngineResult> {
  const reader = await connection.runAndReadAll(sql, [...binds]);
  const types = reader.columnTypes();
  const columns = reader.columnNames().map((name, index) => {
    const type = types[index];
    if (type === undefined) throw new Error(`column ${name} has no type`);
    return describeColumn(name, type);
  });
  const rows = reader.getRows().map((row) => {
    return columns.map(({ format }, index) => {
      const value = row[index];
      return value === null || value === undefined ? null : format(value);
    });
  });
  return { columns: columns.map(({ rowType }) => rowType), rows, statement: 'query' };
}
