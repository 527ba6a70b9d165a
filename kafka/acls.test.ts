import { expect, test } from 'vitest';
import { exampleContract } from '#contract/example-contract.ts';
import { type Acl, aclCommands, aclsOf, ROLES } from '#kafka/acls.ts';

const contract = exampleContract(
  '{"type":"record","name":"Nap","fields":[{"name":"userId","type":"string"}]}',
);
const acls = aclsOf([contract]);
const may = (role: string, operation: Acl['operations'][number]): string[] =>
  acls.filter((acl) => acl.role === role && acl.operations.includes(operation)).map(({ name }) => name);

test('only the operator writes to a retry topic, where the origin of a record is believed', () => {
  expect(ROLES.filter((role) => may(role, 'Write').some((name) => name.endsWith('-retry')))).toEqual([
    'operator',
  ]);
});

test('a producer writes its source and does nothing else', () => {
  expect(acls.filter(({ role }) => role === 'producer')).toEqual([
    { role: 'producer', resource: 'topic', name: contract.topic, isPrefix: false, operations: ['Write'] },
  ]);
});

test('the loader may read what it counts for the alert on letters that expire', () => {
  const read = may('loader', 'Read');
  for (const suffix of ['-dlt', '-dlt-status', '-retry'])
    expect(read).toContain(`${contract.topic}${suffix}`);
  expect(read).toContain('zoner-letters-');
});

test('only the deployer creates and alters', () => {
  for (const operation of ['Create', 'Alter', 'AlterConfigs'] as const)
    expect(ROLES.filter((role) => may(role, operation).length > 0)).toEqual(['deployer']);
});

test('only the operator deletes records, and only of topics that hold letters', () => {
  expect(ROLES.filter((role) => may(role, 'Delete').length > 0)).toEqual(['operator']);
  expect(may('operator', 'Delete')).toEqual([`${contract.topic}-dlt`, `${contract.topic}-dlt-parked`]);
});

test('the operator writes to the source only where a tombstone of its key can erase a person', () => {
  expect(may('operator', 'Write')).not.toContain(contract.topic);
  const keyed = aclsOf([{ ...contract, key: 'userId', person: 'userId' }]);
  expect(keyed).toContainEqual(
    expect.objectContaining({ role: 'operator', name: contract.topic, operations: ['Read', 'Write'] }),
  );
});

test('a command names the user, each operation and the resource, quoted for a shell', () => {
  const users = { deployer: 'd', producer: "o'neil", loader: 'l', recommender: 'r', operator: 'o' };
  const commands = aclCommands(acls, users);
  expect(commands).toContain(
    `kafka-acls.sh --bootstrap-server "$KAFKA_BROKER" --command-config admin.properties --add --allow-principal 'User:o'\\''neil' --operation Write --topic '${contract.topic}'`,
  );
  expect(commands.at(-1)).toMatch(/--group 'zoner-' --resource-pattern-type prefixed$/);
});

test('topics of which a role may do the same stand in one command', () => {
  const users = { deployer: 'd', producer: 'p', loader: 'l', recommender: 'r', operator: 'o' };
  const other = exampleContract(
    '{"type":"record","name":"Walk","fields":[{"name":"userId","type":"string"}]}',
  );
  const both = aclCommands(aclsOf([contract, { ...other, topic: 'walks' }]), users);
  expect(both).toHaveLength(aclCommands(acls, users).length);
  expect(both.join('\n')).toContain(`--operation Write --topic '${contract.topic}' --topic 'walks'\n`);
});
