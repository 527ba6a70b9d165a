import { Argument } from 'commander';
import type { AddCommand } from '#cli/command.ts';
import { contractsFolder, withContracts } from '#cli/options.ts';
import { type GrantOptions, WAREHOUSE_ROLES, warehouseGrants } from '#cli/warehouse-grants.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import { aclCommands, aclsOf, ROLES, type Role } from '#kafka/acls.ts';

interface Options extends GrantOptions {
  readonly deployer: string;
  readonly producer: string;
  readonly loader: string;
  readonly recommender: string;
  readonly operator: string;
}

/** What each role plays, for a person who grants it. */
const DUTIES: Readonly<Record<Role, string>> = {
  deployer: 'zoner apply, check --topic',
  producer: 'send, zoner produce and serve',
  loader: 'zoner consume',
  recommender: 'zoner recommend',
  operator: 'zoner dead-letters, reconcile, forget',
};

const SERVICES = ['kafka', 'registry', 'snowflake'] as const;
type Service = (typeof SERVICES)[number];

/** `zoner acl print`: the least that each role needs, as commands. It asks no service and runs nothing. */
export const addAcl: AddCommand = (program, shell) => {
  const acl = program.command('acl');
  const print = withContracts(acl.command('print'))
    .description(
      'print the least privileges of each role, as commands for a shell and statements for Snowflake',
    )
    .addArgument(new Argument('[service]', 'only what is granted there').choices(SERVICES))
    .option('--database <name>', 'database of the tables (default: SNOWFLAKE_DATABASE)')
    .option('--snowflake-schema <name>', 'schema of the tables (default: SNOWFLAKE_SCHEMA)')
    .option('--warehouse <name>', 'whose use is granted (default: SNOWFLAKE_WAREHOUSE)');
  for (const role of ROLES) print.option(`--${role} <user>`, `who runs: ${DUTIES[role]}`, `zoner-${role}`);
  print.action(async (service: Service | undefined, options: Options) => {
    const folder = contractsFolder(shell, options);
    const contracts = await loadContracts(folder);
    const sections: Readonly<Record<Service, () => Promise<readonly string[]>>> = {
      kafka: async () => ['# Kafka', ...aclCommands(aclsOf(contracts), options)],
      registry: async () => [
        `# Registry. Confluent's, by role bindings; in Apicurio give the deployer sr-developer, the others sr-readonly.`,
        ...registryBindings(options, contracts),
      ],
      snowflake: async () => ['-- Snowflake', ...(await warehouseGrants(shell, options, WAREHOUSE_ROLES))],
    };
    const wanted = service === undefined ? SERVICES : [service];
    const texts = await Promise.all(wanted.map(async (each) => (await sections[each]()).join('\n')));
    shell.print(texts.join('\n\n'));
  });
};

/** Whoever decodes or looks ids up reads subjects; only the deployer registers. */
function registryBindings(options: Options, contracts: readonly Contract[]): readonly string[] {
  const subjects = [...new Set(contracts.flatMap(({ types }) => types.map(({ subject }) => subject)))];
  const bind = (user: string, role: string, subject: string): string =>
    `confluent iam rbac role-binding create --principal 'User:${user}' --role ${role} --resource 'Subject:${subject}' --schema-registry-cluster "$SCHEMA_REGISTRY_CLUSTER"`;
  const readers = ROLES.filter((role) => role !== 'deployer');
  return subjects.flatMap((subject) => [
    bind(options.deployer, 'ResourceOwner', subject),
    ...readers.map((role) => bind(options[role], 'DeveloperRead', subject)),
  ]);
}
