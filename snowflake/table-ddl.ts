import type { Contract } from '#contract/contract.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';
import { literal, type Place, qualified, quoted } from '#snowflake/names.ts';
import { type Column, type Table, tableOf } from '#snowflake/table.ts';
import { createView, viewsOf } from '#snowflake/views.ts';

/** CREATE TABLE, without a semicolon. There are no DEFAULT clauses: Snowflake could never change them. */
export function createTable(table: Table, place: Place | null): string {
  const name = place === null ? quoted(table.name) : qualified(place, table.name);
  const lines = [...table.columns.map(columnDdl), `PRIMARY KEY (${table.primaryKey.map(quoted).join(', ')})`];
  return `CREATE TABLE IF NOT EXISTS ${name} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n)\nCOMMENT = ${literal(table.comment)}`;
}

function columnDdl({ name, sql, nullable, comment }: Column): string {
  return `${quoted(name)} ${sql}${nullable ? '' : ' NOT NULL'}${comment === null ? '' : ` COMMENT ${literal(comment)}`}`;
}

/**
 * The DDL text that codegen writes for a contract: its table, then its views. `zoner snowflake apply` brings a warehouse
 * to the same tables and views. Names carry no database and schema; statements end with a semicolon.
 * @param history the registered versions of the root schema, oldest first
 * @throws ZonerError CONTRACT_INVALID where names collide
 */
export function tableDdl(contract: Contract, history: readonly SchemaVersion[] = []): string {
  const table = tableOf(contract, history);
  const statements = [
    createTable(table, null),
    ...viewsOf(contract, table).map((view) => createView(view, null)),
  ];
  return statements.map((statement) => `${statement};\n`).join('\n');
}
