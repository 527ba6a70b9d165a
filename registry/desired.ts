import type { CompatibilityLevel, Contract, RegisteredType } from '#contract/contract.ts';
import { ZonerError } from '#core/errors.ts';

export interface DesiredSubject extends RegisteredType {
  readonly level: CompatibilityLevel;
}

/**
 * What the contracts want registered, what is referred to before what refers to it. A type that several contracts use is
 * there once, under the level that keeps the promises of all of them.
 * @throws ZonerError CONTRACT_INVALID if two contracts mean different schemas by one subject
 */
export function desiredSubjects(contracts: readonly Contract[]): readonly DesiredSubject[] {
  const subjects = new Map<string, DesiredSubject>();
  for (const { types, compatibility } of contracts) {
    for (const type of types) {
      const already = subjects.get(type.subject);
      if (already !== undefined && already.text !== type.text) {
        throw new ZonerError(
          'CONTRACT_INVALID',
          `${already.file} and ${type.file} are different schemas for the subject "${type.subject}".`,
        );
      }
      const level = already === undefined ? compatibility : strictest(already.level, compatibility);
      subjects.set(type.subject, { ...(already ?? type), level });
    }
  }
  return [...subjects.values()];
}

/** The weakest level that promises what each of the two does. */
export function strictest(one: CompatibilityLevel, other: CompatibilityLevel): CompatibilityLevel {
  if (one === other || other === 'NONE') return one;
  if (one === 'NONE') return other;
  const transitive = one.endsWith('_TRANSITIVE') || other.endsWith('_TRANSITIVE');
  const [direction, second] = [one, other].map((level) => level.replace('_TRANSITIVE', ''));
  const both = direction === second ? direction : 'FULL';
  return `${both}${transitive ? '_TRANSITIVE' : ''}` as CompatibilityLevel;
}
