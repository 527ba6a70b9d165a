import { ZonerError } from '#core/errors.ts';
import type { ActualColumn, ActualState } from '#snowflake/inspect.ts';
import { type Place, quoted } from '#snowflake/names.ts';
import type { Table } from '#snowflake/table.ts';
import { createTable } from '#snowflake/table-ddl.ts';

/** One statement that brings the warehouse nearer to the contracts. */
export interface Change {
  readonly kind: 'create-database' | 'create-schema' | 'create-table';
  readonly sql: string;
  /** One line for people. */
  readonly description: string;
}

/**
 * What to do so that the place has these tables. Pure.
 * @throws ZonerError TABLE_DIFFERS with every difference, if a table is there and is another
 */
export function planTables(tables: readonly Table[], place: Place, actual: ActualState): readonly Change[] {
  const differences = tables.flatMap((table) => {
    const columns = actual.tables.get(table.name);
    return columns === undefined ? [] : compareTable(table, columns).map((each) => `${table.name}: ${each}`);
  });
  if (differences.length > 0) throw new ZonerError('TABLE_DIFFERS', differences.join('\n'));
  const changes: Change[] = [];
  const { database, schema } = place;
  if (!actual.database) {
    const sql = `CREATE DATABASE IF NOT EXISTS ${quoted(database)}`;
    changes.push({ kind: 'create-database', sql, description: `create database ${database}` });
  }
  if (!actual.schema) {
    const sql = `CREATE SCHEMA IF NOT EXISTS ${quoted(database)}.${quoted(schema)}`;
    changes.push({ kind: 'create-schema', sql, description: `create schema ${database}.${schema}` });
  }
  for (const table of tables) {
    if (actual.tables.has(table.name)) continue;
    const description = `create table ${database}.${schema}.${table.name} with ${table.columns.length} columns`;
    changes.push({ kind: 'create-table', sql: createTable(table, place), description });
  }
  return changes;
}

function compareTable(table: Table, actual: readonly ActualColumn[]): readonly string[] {
  const found = new Map(actual.map((column) => [column.name, column]));
  const differences = table.columns.flatMap(({ name, sql, nullable }) => {
    const column = found.get(name);
    found.delete(name);
    if (column === undefined) return [`column ${name} ${sql} is missing`];
    const wrong: string[] = [];
    if (column.sql !== sql) wrong.push(`column ${name} is ${column.sql}, the contract wants ${sql}`);
    if (column.nullable !== nullable)
      wrong.push(`column ${name} ${nullable ? 'must allow' : 'must not allow'} NULL`);
    return wrong;
  });
  // A column of somebody else's does no harm as long as rows can be inserted without it.
  const required = [...found.values()].filter(({ nullable }) => !nullable);
  return [
    ...differences,
    ...required.map(({ name }) => `column ${name} is required and the contract has no such field`),
  ];
}
