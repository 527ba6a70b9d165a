/**
 * The one model of an Avro schema (Avro 1.12). Everything that Zoner derives from a schema (types, JSON Schema, DDL,
 * rows, codecs) comes from these nodes. They are immutable, keep every attribute, and know where they stand in their file.
 */

/** One-based, as editors count. `file` is null for schema text that came from a registry. */
export interface Position {
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
}

/** Any JSON value as it stands in a schema; numbers keep their text, because a long default may exceed 2^53. */
export type SchemaJson =
  | null
  | boolean
  | string
  | { readonly number: string }
  | readonly SchemaJson[]
  | { readonly object: ReadonlyMap<string, SchemaJson> };

export type PrimitiveName = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';

export type LogicalType =
  | { readonly name: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly name: 'uuid' }
  | { readonly name: 'date' }
  | { readonly name: 'time-millis' | 'time-micros' }
  | { readonly name: 'timestamp-millis' | 'timestamp-micros' | 'timestamp-nanos' }
  | { readonly name: 'local-timestamp-millis' | 'local-timestamp-micros' | 'local-timestamp-nanos' }
  | { readonly name: 'duration' };

interface Node {
  readonly position: Position;
  /** Attributes that the Avro specification does not reserve, such as `pii` or `unit`. */
  readonly attributes: ReadonlyMap<string, SchemaJson>;
}

interface Named extends Node {
  /** The part after the last dot. */
  readonly name: string;
  readonly fullName: string;
  readonly aliases: readonly string[];
  readonly doc: string | null;
}

export interface PrimitiveSchema extends Node {
  readonly type: PrimitiveName;
  /** Null where the text names none, or one that does not apply to this type (the specification says: ignore it). */
  readonly logicalType: LogicalType | null;
}

export interface FixedSchema extends Named {
  readonly type: 'fixed';
  readonly size: number;
  readonly logicalType: LogicalType | null;
}

export interface EnumSchema extends Named {
  readonly type: 'enum';
  readonly symbols: readonly string[];
  readonly default: string | null;
}

export interface ArraySchema extends Node {
  readonly type: 'array';
  readonly items: AvroSchema;
}

export interface MapSchema extends Node {
  readonly type: 'map';
  readonly values: AvroSchema;
}

export interface UnionSchema extends Node {
  readonly type: 'union';
  readonly branches: readonly AvroSchema[];
}

export interface Field {
  readonly name: string;
  readonly schema: AvroSchema;
  readonly doc: string | null;
  readonly aliases: readonly string[];
  /** Undefined where the field has no default; `{ json: null }` is the default null. */
  readonly default: { readonly json: SchemaJson } | undefined;
  readonly order: 'ascending' | 'descending' | 'ignore';
  readonly attributes: ReadonlyMap<string, SchemaJson>;
  readonly position: Position;
}

/** A record may contain itself: `fields` of a recursive schema lead back to the same object. */
export interface RecordSchema extends Named {
  readonly type: 'record' | 'error';
  readonly fields: readonly Field[];
}

export type NamedSchema = RecordSchema | EnumSchema | FixedSchema;
export type AvroSchema = PrimitiveSchema | NamedSchema | ArraySchema | MapSchema | UnionSchema;
