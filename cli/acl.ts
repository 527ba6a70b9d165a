import type { AddCommand } from '#cli/command.ts';
import { type ContractOptions, contractsFolder, withContracts } from '#cli/options.ts';
import { schemaHistory } from '#cli/schema-history.ts';
import { DEFAULT_PLACE } from '#cli/settings.ts';
import { loadContracts } from '#contract/load.ts';
import { aclCommands, aclsOf, ROLES, type Role } from '#kafka/acls.ts';
import { grantScript, grantStatements } from '#snowflake/grants.ts';
import { desiredOf } from '#snowflake/plan.ts';

interface Options extends ContractOptions {
  readonly deployer: string;
  readonly producer: string;
  readonly loader: string;
  readonly recommender: string;
  readonly operator: string;
  readonly database: string;
  readonly snowflakeSchema: string;
}

/** What each role plays, for a person who grants it. */
const DUTIES: Readonly<Record<Role, string>> = {
  deployer: 'zoner apply, check --topic',
  producer: 'send, zoner produce and serve',
  loader: 'zoner consume',
  recommender: 'zoner recommend',
  operator: 'zoner dead-letters, reconcile',
};

/** `zoner acl print`: the least that each role needs, as commands. It asks no service and runs nothing. */
export const addAcl: AddCommand = (program, shell) => {
  const acl = program.command('acl');
  const print = withContracts(acl.command('print'))
    .description('print the least privileges of each role in Kafka, registry and Snowflake, as commands')
    .option('--database <name>', 'database of the tables', DEFAULT_PLACE.database)
    .option('--snowflake-schema <name>', 'schema of the tables', DEFAULT_PLACE.schema);
  for (const role of ROLES) print.option(`--${role} <user>`, `who runs: ${DUTIES[role]}`, `zoner-${role}`);
  print.action(async (options: Options) => {
    const folder = contractsFolder(shell, options);
    const contracts = await loadContracts(folder);
    const historyOf = await schemaHistory(folder);
    shell.print('# Kafka');
    for (const command of aclCommands(aclsOf(contracts), options)) shell.print(command);
    shell.print(
      `\n# Registry. Confluent's, by role bindings; in Apicurio give the deployer sr-developer, the others sr-readonly.`,
    );
    for (const command of registryBindings(options, [
      ...new Set(contracts.flatMap(({ types }) => types.map(({ subject }) => subject))),
    ]))
      shell.print(command);
    shell.print('\n-- Snowflake');
    const roles = { deployer: 'ZONER_DEPLOYER', loader: 'ZONER_LOADER', warehouse: null };
    const desired = contracts.map((contract) => desiredOf(contract, historyOf(contract)));
    const place = { database: options.database, schema: options.snowflakeSchema };
    for (const line of grantScript(grantStatements(desired, place, roles))) shell.print(line);
  });
};

/** Whoever decodes or looks ids up reads subjects; only the deployer registers. */
function registryBindings(options: Options, subjects: readonly string[]): readonly string[] {
  const bind = (user: string, role: string, subject: string): string =>
    `confluent iam rbac role-binding create --principal 'User:${user}' --role ${role} --resource 'Subject:${subject}' --schema-registry-cluster "$SCHEMA_REGISTRY_CLUSTER"`;
  const readers = ROLES.filter((role) => role !== 'deployer');
  return subjects.flatMap((subject) => [
    bind(options.deployer, 'ResourceOwner', subject),
    ...readers.map((role) => bind(options[role], 'DeveloperRead', subject)),
  ]);
}
