import type { Contract } from '#contract/contract.ts';
import { topicNames } from '#contract/topic-names.ts';

export const ROLES = ['deployer', 'producer', 'loader', 'recommender', 'operator'] as const;
export type Role = (typeof ROLES)[number];

export type Operation =
  | 'Alter'
  | 'AlterConfigs'
  | 'Create'
  | 'Delete'
  | 'Describe'
  | 'DescribeConfigs'
  | 'Read'
  | 'Write';

/** What a role may do to one topic, to one group, or to all groups of a prefix. */
export interface Acl {
  readonly role: Role;
  readonly resource: 'topic' | 'group';
  readonly name: string;
  readonly isPrefix: boolean;
  readonly operations: readonly Operation[];
}

/** Groups by the role that runs them; a scan makes up its group's name, and commits nothing. */
const GROUPS: readonly (readonly [Role, string, boolean])[] = [
  ['loader', 'zoner-warehouse', false],
  ['recommender', 'zoner-recommendations', false],
  ['loader', 'zoner-scan-', true],
  ['loader', 'zoner-letters-', true],
  ['recommender', 'zoner-scan-', true],
  ['deployer', 'zoner-scan-', true],
  ['operator', 'zoner-', true],
];

/**
 * The least that each role needs of Kafka. Write on a topic includes what an idempotent producer needs (KIP-679), and
 * Read or Write includes Describe.
 */
export function aclsOf(contracts: readonly Contract[]): readonly Acl[] {
  const acl = (role: Role, name: string, ...operations: Operation[]): Acl => {
    return { role, resource: 'topic', name, isPrefix: false, operations };
  };
  const topics = contracts.flatMap((contract) => {
    const { source, retry, deadLetters, status, parked } = topicNames(contract.topic);
    return [
      ...[source, retry, deadLetters, status, parked].map((name) =>
        acl('deployer', name, 'Create', 'Describe', 'DescribeConfigs', 'Alter', 'AlterConfigs'),
      ),
      // `zoner check --topic` reads what the topics retain.
      ...[source, retry].map((name) => acl('deployer', name, 'Read')),
      acl('producer', source, 'Write'),
      ...[source, retry].map((name) => acl('loader', name, 'Read')),
      // It counts the letters that it has written, for an alert before they expire.
      acl('loader', deadLetters, 'Read', 'Write'),
      // Which records were erased stands in the ledger.
      acl('loader', status, 'Read', 'Write'),
      ...[source, retry, status].map((name) => acl('recommender', name, 'Read')),
      // On a compacted topic `zoner forget` sends a tombstone of the person, if that is the key.
      acl(
        'operator',
        source,
        ...(contract.person === contract.key ? (['Read', 'Write'] as const) : (['Read'] as const)),
      ),
      ...[retry, status].map((name) => acl('operator', name, 'Read', 'Write')),
      // `zoner forget` deletes what stands before the letters that it keeps.
      ...[deadLetters, parked].map((name) =>
        acl('operator', name, 'Read', 'Write', 'Delete', 'DescribeConfigs'),
      ),
      ...[source, retry].map((name) => acl('operator', name, 'DescribeConfigs')),
    ];
  });
  const groups = GROUPS.map(([role, name, isPrefix]): Acl => {
    return { role, resource: 'group', name, isPrefix, operations: ['Read'] };
  });
  return [...topics, ...groups];
}

/**
 * `kafka-acls.sh` commands, one for all resources of which a role may do the same: each starts a Java of its own.
 * @param users who plays each role: a name as Kafka knows it after `User:`
 */
export function aclCommands(acls: readonly Acl[], users: Readonly<Record<Role, string>>): readonly string[] {
  const alike = Object.groupBy(acls, ({ role, resource, isPrefix, operations }) =>
    [ROLES.indexOf(role), resource, isPrefix, ...operations].join(' '),
  );
  return Object.values(alike).flatMap((group = []) => {
    const [first] = group;
    if (first === undefined) return [];
    const { role, resource, isPrefix, operations } = first;
    const command = [
      'kafka-acls.sh --bootstrap-server "$KAFKA_BROKER" --command-config admin.properties --add',
      `--allow-principal ${quote(`User:${users[role]}`)}`,
      ...operations.map((operation) => `--operation ${operation}`),
      ...group.map(({ name }) => `--${resource} ${quote(name)}`),
      ...(isPrefix ? ['--resource-pattern-type prefixed'] : []),
    ];
    return [command.join(' ')];
  });
}

/** For a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
