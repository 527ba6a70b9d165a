import type { CompatibilityLevel } from '#contract/contract.ts';
import type { ActualSubject } from '#registry/actual.ts';
import type { DesiredSubject } from '#registry/desired.ts';

export type RegistryChange =
  | {
      readonly kind: 'set-level';
      readonly subject: string;
      readonly level: CompatibilityLevel;
      /** One line for people. */
      readonly description: string;
    }
  | {
      readonly kind: 'register';
      readonly subject: string;
      readonly type: DesiredSubject;
      readonly description: string;
    };

/**
 * What to do so that the registry has what the contracts want. Pure.
 *
 * All levels come first: registries take the level of a subject that does not exist yet (Confluent's, and Apicurio 3.3.3
 * as tried), so that no version ever slips in unchecked. Without one of its own a subject follows the registry's level,
 * which is NONE on a fresh Apicurio. Then the schemas, what is referred to first.
 */
export function planRegistry(
  desired: readonly DesiredSubject[],
  actual: ReadonlyMap<string, ActualSubject>,
): readonly RegistryChange[] {
  const levels = desired.flatMap(({ subject, level }): RegistryChange[] => {
    const found = actual.get(subject)?.level ?? null;
    if (found === level) return [];
    const from = found === null ? '' : `${found} -> `;
    return [{ kind: 'set-level', subject, level, description: `${subject}: level ${from}${level}` }];
  });
  const schemas = desired.flatMap((type): RegistryChange[] => {
    const { subject, file } = type;
    if ((actual.get(subject)?.registered ?? null) !== null) return [];
    return [{ kind: 'register', subject, type, description: `${subject}: register ${file}` }];
  });
  return [...levels, ...schemas];
}
