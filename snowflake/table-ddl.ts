import type { Contract } from '#contract/contract.ts';
import { literal, type Place, qualified, quoted } from '#snowflake/names.ts';
import { type Column, type Table, tableOf } from '#snowflake/table.ts';

/** CREATE TABLE, without a semicolon. There are no DEFAULT clauses: Snowflake could never change them. */
export function createTable(table: Table, place: Place | null): string {
  const name = place === null ? quoted(table.name) : qualified(place, table.name);
  const lines = [...table.columns.map(columnDdl), `PRIMARY KEY (${table.primaryKey.map(quoted).join(', ')})`];
  return `CREATE TABLE IF NOT EXISTS ${name} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n)\nCOMMENT = ${literal(table.comment)}`;
}

function columnDdl({ name, sql, nullable, comment }: Column): string {
  return `${quoted(name)} ${sql}${nullable ? '' : ' NOT NULL'}${comment === null ? '' : ` COMMENT ${literal(comment)}`}`;
}

/** The DDL text that codegen writes for a contract. */
export function tableDdl(contract: Contract): string {
  return `${createTable(tableOf(contract), null)};\n`;
}
