import type { RecordSchema } from '#avro/model.ts';

export type CompatibilityLevel =
  | 'NONE'
  | 'BACKWARD'
  | 'BACKWARD_TRANSITIVE'
  | 'FORWARD'
  | 'FORWARD_TRANSITIVE'
  | 'FULL'
  | 'FULL_TRANSITIVE';

/** One definition as it is registered: its own text, and the types that the text names. */
export interface SchemaText {
  /** `<topic>-value` for a contract's root; the full name for a referenced type. */
  readonly subject: string;
  readonly fullName: string;
  /** The JSON of this definition alone, as it stands in its file. */
  readonly text: string;
  /** Full names of the types that the text names without defining them, in order of first use. */
  readonly references: readonly string[];
}

/** The same with its place. */
export interface RegisteredType extends SchemaText {
  /** Where it was read, relative to the schemas folder: `user-activity/meal.avsc`. */
  readonly file: string;
}

/**
 * What a contract agreed for one place: a waiver lets a rule pass there, a raise makes its warning an error. Both hold
 * until the end of a day, for a reason.
 */
export interface Waiver {
  readonly rule: string;
  /** `Meal`, `Meal.calories` or `contract.table`; a type covers its fields. */
  readonly at: string;
  readonly reason: string;
  /** ISO date, the last day on which it holds. */
  readonly until: string;
}

/** Who sees in the warehouse what a contract's schema tags as personal. */
export interface Protection {
  /** Names of roles. */
  readonly readers: readonly string[];
}

/** What producer, consumer, registry, topics and warehouse have agreed on. See docs of `contract.schema.json`. */
export interface Contract {
  /** The folder's name: `user-activity`. */
  readonly name: string;
  readonly topic: string;
  /** The field whose UTF-8 text is the record's key. */
  readonly key: string;
  /** The field that identifies what happened, however often it was posted; null if the contract names none. */
  readonly id: string | null;
  /** The field that says when it happened; null if the contract names none. */
  readonly time: string | null;
  /** The field that names the person whom a record is about; null if the contract names none. */
  readonly person: string | null;
  /** Set: the warehouse masks what the schema tags as personal, from everybody but these roles. */
  readonly protection: Protection | null;
  readonly partitions: number;
  readonly retentionDays: number;
  readonly compatibility: CompatibilityLevel;
  /** Subjects besides the own one whose records the consumers accept. */
  readonly acceptSubjects: readonly string[];
  /** The table's name, without database and schema. */
  readonly table: string;
  readonly owner: string | null;
  readonly waivers: readonly Waiver[];
  readonly raises: readonly Waiver[];
  /** `<topic>-value` (TopicNameStrategy). */
  readonly subject: string;
  /** The fully resolved root: every named type is in the model. */
  readonly root: RecordSchema;
  /** What to register, referenced types first, the root last. */
  readonly types: readonly RegisteredType[];
  /** SHA-256 of the resolved root with all its attributes, hex. */
  readonly fingerprint: string;
}
