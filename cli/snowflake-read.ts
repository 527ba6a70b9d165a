import type { AddCommand } from '#cli/command.ts';
import {
  type ContractOptions,
  type EnvironmentOptions,
  formatOption,
  withContracts,
  withEnvironment,
} from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import { loadHistories, openWarehouse } from '#cli/snowflake-session.ts';
import { renderTable } from '#cli/table.ts';
import { type GrantOptions, WAREHOUSE_ROLES, warehouseGrants } from '#cli/warehouse-grants.ts';
import { ExitCode } from '#core/errors.ts';
import { findDrift } from '#snowflake/drift.ts';
import { inspect } from '#snowflake/inspect.ts';
import { JOURNAL_TABLE, readDeployed } from '#snowflake/journal.ts';
import { requireReadOnly } from '#snowflake/read-only.ts';
import { readState } from '#snowflake/read-state.ts';
import type { StatementResult } from '#snowflake/warehouse.ts';

export const addSnowflakeDrift: AddCommand = (snowflake, shell, finish) => {
  withContracts(snowflake.command('drift'))
    .description('say what differs from the contracts and why: hand edit, contract ahead, contract behind')
    .addOption(formatOption('text', 'json'))
    .action(async (options: ContractOptions & { format: string }) => {
      await using resources = new Resources();
      const { config, warehouse } = openWarehouse(shell, options, resources);
      const histories = await loadHistories(shell, options);
      const { state: actual } = await readState(warehouse, histories, config, 'required');
      const deployed = actual.tables.has(JOURNAL_TABLE) ? await readDeployed(warehouse, config) : new Map();
      const drift = findDrift(histories, config, actual, deployed);
      if (options.format === 'json') shell.print(JSON.stringify({ drift }, null, 2));
      else {
        for (const { cause, what } of drift)
          shell.print(`${shell.style('yellow', cause.padEnd(15))} ${what}`);
        shell.print(
          drift.length === 0 ? 'snowflake: no drift' : `snowflake: ${countOf(drift.length, 'difference')}`,
        );
      }
      finish(drift.length === 0 ? ExitCode.ok : ExitCode.changes);
    });
};

export const addSnowflakeInspect: AddCommand = (snowflake, shell) => {
  withEnvironment(snowflake.command('inspect'))
    .description('print the tables and views of the schema with their columns')
    .addOption(formatOption('table', 'json', 'csv'))
    .action(async (options: EnvironmentOptions & { format: string }) => {
      await using resources = new Resources();
      const { config, warehouse } = openWarehouse(shell, options, resources);
      const { tables, views } = await inspect(warehouse, config);
      const rows = [
        ...[...tables].flatMap(([name, { columns }]) =>
          columns.map((each) => [
            name,
            'table',
            each.name,
            each.sql,
            each.nullable ? 'YES' : 'NO',
            each.comment,
          ]),
        ),
        ...[...views].flatMap(([name, { columns }]) =>
          columns.map((each) => [name, 'view', each.name, null, null, each.comment]),
        ),
      ];
      const columns = ['OBJECT', 'KIND', 'COLUMN', 'TYPE', 'NULLABLE', 'COMMENT'];
      printResult(shell, { columns, rows, affected: 0 }, options.format);
    });
};

export const addSnowflakeQuery: AddCommand = (snowflake, shell) => {
  withEnvironment(snowflake.command('query'))
    .description('run a SELECT and print what it gives')
    .argument(
      '<sql>',
      'a statement that only reads; short names are of SNOWFLAKE_DATABASE and SNOWFLAKE_SCHEMA',
    )
    .addOption(formatOption('table', 'json', 'csv'))
    .action(async (sql: string, options: EnvironmentOptions & { format: string }) => {
      requireReadOnly(sql);
      await using resources = new Resources();
      const { warehouse } = openWarehouse(shell, options, resources, { inSchema: true });
      printResult(shell, await warehouse.execute(sql), options.format);
    });
};

export const addSnowflakeGrants: AddCommand = (snowflake, shell) => {
  withContracts(snowflake.command('grants'))
    .description('print, as SQL, the least privileges that each role needs; runs nothing')
    .option('--deployer <role>', 'the role that applies plans', WAREHOUSE_ROLES.deployer)
    .option('--loader <role>', 'the role that consumes records', WAREHOUSE_ROLES.loader)
    .option('--operator <role>', 'the role that reconciles and forgets', WAREHOUSE_ROLES.operator)
    .option('--warehouse <name>', 'whose use is granted (default: SNOWFLAKE_WAREHOUSE)')
    .action(async (options: GrantOptions & Record<keyof typeof WAREHOUSE_ROLES, string>) => {
      for (const line of await warehouseGrants(shell, options, options)) shell.print(line);
    });
};

function printResult(shell: Shell, { columns, rows }: StatementResult, format: string): void {
  if (format === 'json') {
    const objects = rows.map((row) =>
      Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])),
    );
    shell.print(JSON.stringify(objects, null, 2));
  } else if (format === 'csv') {
    for (const row of [columns, ...rows]) shell.print(row.map(csvCell).join(','));
  } else {
    shell.print(
      renderTable(
        shell,
        columns.map((title) => ({ title })),
        rows,
      ),
    );
    shell.print(countOf(rows.length, 'row'));
  }
}

/** RFC 4180; NULL is an empty cell, an empty text is `""`. */
function csvCell(cell: string | null): string {
  if (cell === null) return '';
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
