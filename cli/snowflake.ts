import type { AddCommand } from '#cli/command.ts';
import { loadLintedContracts } from '#cli/lint-gate.ts';
import {
  type ContractOptions,
  type EnvironmentOptions,
  formatOption,
  withContracts,
  withEnvironment,
} from '#cli/options.ts';
import { countOf, printApplied, printPlan } from '#cli/plan-lines.ts';
import { Resources } from '#cli/resources.ts';
import { loadSettings, requireSnowflake } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { renderTable } from '#cli/table.ts';
import { APP_VERSION } from '#cli/version.ts';
import type { SnowflakeConfig } from '#core/config.ts';
import { applyTables, readTablesPlan } from '#snowflake/apply.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { requireReadOnly } from '#snowflake/read-only.ts';
import type { StatementResult } from '#snowflake/warehouse.ts';

/** `zoner snowflake plan|apply|query`: the tables of the contracts, against those of the warehouse. */
export const addSnowflake: AddCommand = (program, shell, finish) => {
  const snowflake = program
    .command('snowflake')
    .description('compare the warehouse with the contracts, and create tables');
  withContracts(snowflake.command('plan'))
    .description('print what apply would do; exit 2 if that is anything')
    .addOption(formatOption('text', 'json'))
    .action(async (options: ContractOptions & { format: string }) => {
      await using resources = new Resources();
      const { changes } = await read(shell, options, resources);
      finish(printPlan(shell, 'snowflake', changes, options.format));
    });
  withContracts(snowflake.command('apply'))
    .description('create what is missing: database, schema, tables')
    .action(async (options: ContractOptions) => {
      await using resources = new Resources();
      const { warehouse, config, changes } = await read(shell, options, resources);
      tellIfLocal(shell, config);
      await applyTables(warehouse, changes, (change) => printApplied(shell, change));
      shell.print(`snowflake: ${countOf(changes.length, 'change')} made`);
    });
  withEnvironment(snowflake.command('query'))
    .description('run a SELECT and print what it gives')
    .argument('<sql>', 'a statement that only reads')
    .addOption(formatOption('table', 'json', 'csv'))
    .action(async (sql: string, options: EnvironmentOptions & { format: string }) => {
      requireReadOnly(sql);
      await using resources = new Resources();
      const config = requireSnowflake(loadSettings(shell, options.env));
      const warehouse = resources.use(createWarehouse(config, { appVersion: APP_VERSION }));
      tellIfLocal(shell, config);
      printResult(shell, await warehouse.execute(sql), options.format);
    });
};

/** Nobody should take the local Snowflake for the real one. */
export function tellIfLocal(shell: Shell, { accessUrl }: SnowflakeConfig): void {
  if (accessUrl?.startsWith('http://127.0.0.1') === true)
    shell.tell(`local Snowflake, not the real one (${accessUrl})`);
}

async function read(shell: Shell, options: ContractOptions, resources: Resources) {
  const config = requireSnowflake(loadSettings(shell, options.env));
  const contracts = await loadLintedContracts(shell, options);
  const warehouse = resources.use(createWarehouse(config, { appVersion: APP_VERSION }));
  return { config, warehouse, changes: await readTablesPlan(warehouse, contracts, config) };
}

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
