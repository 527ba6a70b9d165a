import { isRecord } from '#avro/union-form.ts';
import type { Contract } from '#contract/contract.ts';
import { EMPTY_LOCK } from '#contract/lock/lock.ts';
import { readLock } from '#contract/lock/lock-file.ts';
import { lockedSchemas } from '#contract/lock/locked-schemas.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';

/**
 * The registered versions of each contract's root, oldest first, as the lock of the schemas folder knows them: a table
 * keeps the columns of all of them.
 * @throws ZonerError LOCK_INVALID
 */
export async function schemaHistory(
  schemas: string,
): Promise<(contract: Contract) => readonly SchemaVersion[]> {
  const { historyOf } = lockedSchemas((await readLock(schemas)) ?? EMPTY_LOCK);
  return ({ subject }) =>
    historyOf(subject).flatMap(({ version, schema }) => (isRecord(schema) ? [{ version, schema }] : []));
}
