import type { AvroSchema, Field, Position } from '#avro/model.ts';
import type { ChangeRule } from '#check/rules.ts';

/** How a type in code became another. */
export type TypeMove = 'same' | 'wider' | 'narrower' | 'renamed' | 'different';

export interface TypeScriptEffect {
  /** What a consumer gets. */
  readonly read: TypeMove;
  /** What a producer gives. */
  readonly write: TypeMove;
  /** Which code does not compile any more, or compiles and no longer covers all cases. */
  readonly breaks: 'neither' | 'reading' | 'writing' | 'both';
}

/** A place where two schemas differ. */
export interface Change {
  readonly rule: ChangeRule;
  /** `SleepSession.stages[].stage`: a type's name, then the way to the place. Waivers name it. */
  readonly at: string;
  /** In the new schema; of something removed, where it would stand. */
  readonly position: Position;
  /** The field of the root record that holds the place, under its new name. */
  readonly rootField: string | null;
  /** True if the place is inside of that field's value. */
  readonly nested: boolean;
  readonly message: string;
  /** The smallest edit that makes it compatible, if there is one. */
  readonly remedy: string;
  readonly typescript: TypeScriptEffect;
  /** The nodes that it concerns: a verdict on the wire against one of these belongs to this change. */
  readonly nodes: readonly (AvroSchema | Field)[];
}

/** Where the comparison is. */
export interface Place {
  readonly at: string;
  readonly position: Position;
  readonly rootField: string | null;
  readonly nested: boolean;
}

/** Compares what stands at one place; the parts of a schema come back to it. */
export type Compare = (old: AvroSchema, now: AvroSchema, place: Place) => void;

export type Emit = (
  rule: ChangeRule,
  place: Place,
  facts: Pick<Change, 'message' | 'remedy' | 'typescript' | 'nodes'>,
) => void;

const effect = (read: TypeMove, write: TypeMove, breaks: TypeScriptEffect['breaks']): TypeScriptEffect => ({
  read,
  write,
  breaks,
});

export const SAME = effect('same', 'same', 'neither');
export const WIDER = effect('wider', 'wider', 'reading');
export const NARROWER = effect('narrower', 'narrower', 'writing');
export const DIFFERENT = effect('different', 'different', 'both');
export const RENAMED = effect('renamed', 'renamed', 'both');
/** A consumer gets one field more, and a producer may leave it out. */
export const FIELD_MORE = effect('wider', 'wider', 'neither');
export const FIELD_MORE_REQUIRED = effect('wider', 'narrower', 'writing');
export const FIELD_LESS = effect('narrower', 'narrower', 'both');
export const MAY_LEAVE_OUT = effect('same', 'wider', 'neither');
export const MUST_GIVE = effect('same', 'narrower', 'writing');

/** Where a branch of a union stands: several branches are told apart by their names. */
export function branchPlace(place: Place, branch: AvroSchema, several: boolean): Place {
  const position: Position = branch.position;
  if (!several) return { ...place, position };
  const name = 'fullName' in branch ? branch.name : `${place.at}<${branch.type}>`;
  return { ...place, at: name, position, nested: true };
}
