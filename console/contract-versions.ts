import { fingerprint } from '#avro/fingerprint.ts';
import { isRecord } from '#avro/union-form.ts';
import { diffSchemas } from '#check/diff/diff.ts';
import { CHANGE_RULES, type ChangeRule, type Weight } from '#check/rules.ts';
import type { CompatibilityLevel, Contract } from '#contract/contract.ts';
import type { RegistryLock } from '#contract/lock/lock.ts';
import { lockedSchemas } from '#contract/lock/locked-schemas.ts';
import { type HeldSubject, mergeIntoLock } from '#contract/lock/merge-lock.ts';

/** What the registry holds, and what it would take to bring it to the contracts. */
export interface RegistryState {
  readonly held: readonly HeldSubject[];
  /** What `zoner registry apply` would do, by subject. */
  readonly changes: readonly { readonly subject: string; readonly description: string }[];
}

export interface FieldChange {
  readonly rule: ChangeRule;
  readonly at: string;
  readonly message: string;
  readonly weight: Weight;
}

export interface ContractVersion {
  /** Null: the working tree, which is no version yet. */
  readonly version: number | null;
  readonly schemaId: number | null;
  /** Against the version before; of the first one nothing. */
  readonly changes: readonly FieldChange[];
}

/** A contract in the registry. */
export interface ContractSchemas {
  /** Of its subject; null if that follows the registry's own. */
  readonly level: CompatibilityLevel | null;
  /** The newest first. */
  readonly versions: readonly ContractVersion[];
  /** What `zoner registry apply` would do for it. */
  readonly pending: readonly string[];
}

const ENVIRONMENT = 'shown';

/**
 * The versions of each contract with the fields that changed from one to the next. Versions that the registry has
 * deleted are there, too, where the lock knows them: topics may hold their records.
 * @throws ZonerError LOCK_INVALID, SCHEMA_INVALID
 */
export function contractVersions(
  contracts: readonly Contract[],
  lock: RegistryLock,
  { held, changes }: RegistryState,
): ReadonlyMap<string, ContractSchemas> {
  const merged = mergeIntoLock(lock, ENVIRONMENT, held);
  const { historyOf } = lockedSchemas(merged);
  const levels = new Map(held.map(({ subject, level }) => [subject, level]));
  return new Map(
    contracts.map((contract) => {
      const ids = merged.environments.get(ENVIRONMENT)?.get(contract.subject);
      const history = historyOf(contract.subject).flatMap(({ version, schema, fingerprint: found }) =>
        isRecord(schema) ? [{ version, schema, found, id: ids?.get(version) ?? null }] : [],
      );
      const versions = history.map(({ version, schema, id }, index): ContractVersion => {
        const before = history[index - 1];
        return {
          version,
          schemaId: id,
          changes: before === undefined ? [] : changesOf(before.schema, schema),
        };
      });
      const newest = history.at(-1);
      if (newest !== undefined && newest.found !== fingerprint(contract.root))
        versions.push({ version: null, schemaId: null, changes: changesOf(newest.schema, contract.root) });
      const own = new Set(contract.types.map(({ subject }) => subject));
      const pending = changes.flatMap(({ subject, description }) => (own.has(subject) ? [description] : []));
      const level = levels.get(contract.subject) ?? null;
      return [contract.name, { level, versions: versions.reverse(), pending }];
    }),
  );
}

function changesOf(old: Contract['root'], now: Contract['root']): readonly FieldChange[] {
  return diffSchemas(old, now).map(({ rule, at, message }) => ({
    rule,
    at,
    message,
    weight: CHANGE_RULES[rule].weight,
  }));
}
