import type { AvroSchema, Field, FixedSchema, PrimitiveSchema } from '#avro/model.ts';

/**
 * How to read what one schema wrote as another (Avro 1.12, "Schema Resolution"): made once for a pair of schemas, then
 * followed once a value. A recursive schema makes a plan that leads back to itself.
 */
export type Plan =
  | ScalarPlan
  | EnumPlan
  | ArrayPlan
  | MapPlan
  | RecordPlan
  | UnionPlan
  | TagPlan
  | RefusePlan;

/** Read a base value of `writer`, promote it to the base type of `reader`, and give it the reader's logical type. */
export interface ScalarPlan {
  readonly do: 'scalar';
  readonly writer: PrimitiveSchema | FixedSchema;
  readonly reader: PrimitiveSchema | FixedSchema;
}

export interface EnumPlan {
  readonly do: 'enum';
  /** The reader's symbol for each of the writer's; null where the reader has neither it nor a default. */
  readonly symbols: readonly (string | null)[];
}

export interface ArrayPlan {
  readonly do: 'array';
  readonly item: Plan;
}

export interface MapPlan {
  readonly do: 'map';
  readonly value: Plan;
}

export interface RecordPlan {
  readonly do: 'record';
  readonly name: string;
  /** The value of its property `kind`, for a record of a union of records. */
  readonly kind: string | null;
  /** In the writer's order, which is that of the bytes. */
  readonly steps: readonly Step[];
  /** In the reader's order, which is that of the value's properties. */
  readonly fields: readonly PlannedField[];
}

/** One field of the writer: read into the reader's field of this index, or passed over. */
export type Step =
  | { readonly to: number; readonly plan: Plan }
  | { readonly to: null; readonly name: string; readonly skip: AvroSchema };

export interface PlannedField {
  readonly field: Field;
  /** True where the writer does not have the field, so that its default stands in. */
  readonly missing: boolean;
}

/** The writer's union: the index in the bytes says which plan to follow. */
export interface UnionPlan {
  readonly do: 'union';
  readonly branches: readonly Plan[];
}

/** `{ kind, value }` in a union of the reader. */
export interface TagPlan {
  readonly do: 'tag';
  readonly kind: string;
  readonly value: Plan;
}

/** The reader has no place for what stands here: a value that comes to this point is refused. */
export interface RefusePlan {
  readonly do: 'refuse';
  readonly why: string;
}
