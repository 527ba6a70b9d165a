import type { AddCommand } from '#cli/command.ts';
import { type ContractOptions, contractsFolder, formatOption, withContracts } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { printJson } from '#cli/print-json.ts';
import { schemaHistory } from '#cli/schema-history.ts';
import { DEFAULT_PLACE } from '#cli/settings.ts';
import { loadContracts } from '#contract/load.ts';
import { ZonerError } from '#core/errors.ts';
import { protectedColumns, protectionStatements } from '#snowflake/protection.ts';

interface Options extends ContractOptions {
  readonly reader: readonly string[];
  readonly database: string;
  readonly snowflakeSchema: string;
  readonly format: string;
}

/** `zoner snowflake protection`: what the contracts tag as personal, as tags and masking policies. Runs nothing. */
export const addSnowflakeProtection: AddCommand = (snowflake, shell) => {
  withContracts(snowflake.command('protection'))
    .description('print tags and masking policies for what the contracts tag as personal; runs nothing')
    .option(
      '--reader <role>',
      'a role that sees the values; may be repeated. Whoever runs zoner forget needs one',
      (role: string, before: readonly string[]) => [...before, role],
      [],
    )
    .option('--database <name>', 'database of the tables', DEFAULT_PLACE.database)
    .option('--snowflake-schema <name>', 'schema of the tables', DEFAULT_PLACE.schema)
    .addOption(formatOption('text', 'json'))
    .action(async ({ reader, database, snowflakeSchema: schema, format, ...options }: Options) => {
      if (reader.length === 0)
        throw new ZonerError('USAGE', 'name at least one --reader: a role that sees the values');
      const folder = contractsFolder(shell, options);
      const historyOf = await schemaHistory(folder);
      const contracts = await loadContracts(folder);
      const columns = contracts.flatMap((contract) => protectedColumns(contract, historyOf(contract)));
      const statements = protectionStatements(columns, { database, schema }, reader);
      if (format === 'json') return printJson(shell, { columns, statements });
      for (const statement of statements) shell.print(`${statement};`);
      shell.tell(`${countOf(columns.length, 'column')} with personal data; nothing was run`);
    });
};
