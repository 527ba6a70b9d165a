/** Grants ACLs, for tests: a person's cluster is its administrator's, who runs what `zoner acl print` says. */
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import type { KafkaConfig } from '#core/config.ts';
import type { Acl, Operation } from '#kafka/acls.ts';
import { withAdmin } from '#kafka/kafkajs-client.ts';

/** Each role is played by the user `zoner-<role>`. */
export async function grantAcls(config: KafkaConfig, acls: readonly Acl[]): Promise<void> {
  const acl = acls.flatMap(({ role, resource, name, isPrefix, operations }) =>
    operations.map((operation) => ({
      principal: `User:zoner-${role}`,
      host: '*',
      resourceType: resource === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
      resourceName: name,
      resourcePatternType: isPrefix ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
      operation: AclOperationTypes[enumName(operation)],
      permissionType: AclPermissionTypes.ALLOW,
    })),
  );
  await withAdmin(config, (admin) => admin.createAcls({ acl }));
}

/** `AlterConfigs` -> `ALTER_CONFIGS`. */
function enumName(operation: Operation): keyof typeof AclOperationTypes {
  return operation.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase() as keyof typeof AclOperationTypes;
}
