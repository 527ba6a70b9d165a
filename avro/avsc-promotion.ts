import { isUtf8 } from 'node:buffer';
import avsc from 'avsc';
import { ZonerError } from '#core/errors.ts';

/** The `logicalType` under which avsc finds `Promotion`. */
export const PROMOTION = 'zoner-promotion';

/** avsc's names of the types that become each type (Avro 1.12, "Schema Resolution"), and how. */
const CONVERT: Readonly<Record<string, Readonly<Record<string, (value: unknown) => unknown>>>> = {
  float: { int: toFloat, 'abstract:long': toFloat },
  double: { int: Number, 'abstract:long': Number, float: Number },
  string: { bytes: toText },
  bytes: { string: (value) => Buffer.from(value as string) },
};

/**
 * A primitive of a reader schema other than a long, and what may become it. avsc's own promotions lose the sign of a long beyond 2^53, do
 * not round to a float, replace what is not UTF-8, and take the first branch of a union that something may become,
 * where Avro Java first looks for the branch that it is.
 */
export class Promotion extends avsc.types.LogicalType {
  /** Other branches of the same union: values of these types belong there. */
  readonly #siblings: readonly string[];

  constructor(schema: avsc.Schema, options: unknown) {
    super(schema, options as avsc.ForSchemaOptions);
    this.#siblings = (schema as { siblings?: readonly string[] }).siblings ?? [];
  }

  protected override _fromValue(value: unknown): unknown {
    return value;
  }

  protected override _toValue(value: unknown): unknown {
    return value;
  }

  protected override _resolve(writer: avsc.Type): ((value: unknown) => unknown) | undefined {
    const { typeName } = this.underlyingType;
    if (writer.typeName === typeName) return (value) => value;
    if (this.#siblings.includes(writer.typeName.replace('abstract:', ''))) return undefined;
    return CONVERT[typeName]?.[writer.typeName];
  }
}

function toFloat(value: unknown): number {
  return Math.fround(Number(value));
}

function toText(value: unknown): string {
  const bytes = value as Buffer;
  if (!isUtf8(bytes))
    throw new ZonerError('UNDECODABLE', 'bytes that are read as a string are not valid UTF-8');
  return bytes.toString();
}
