import type { Position } from '#avro/model.ts';

export type Severity = 'error' | 'warning';

/** Something that an author of a contract should know. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly position: Position;
  /** What waivers name: `Meal`, `Meal.calories`; or `contract.table` for a setting. */
  readonly at: string;
  /** Why it matters, in a sentence. */
  readonly message: string;
  /** The smallest edit that ends it. */
  readonly fix: string;
}

/** What a rule knows about its findings before it finds any. */
export interface Rule {
  readonly severity: Severity;
  /** False where nothing true could be generated, whatever was agreed. */
  readonly waivable: boolean;
  readonly summary: string;
}

/** A finding as a rule makes it: the severity is a fact of the rule. */
export type Found<Id extends string> = Omit<Finding, 'severity' | 'rule'> & { readonly rule: Id };
