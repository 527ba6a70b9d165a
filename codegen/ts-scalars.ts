import type { FixedSchema, LogicalType, PrimitiveSchema } from '#avro/model.ts';
import type { JsonSchema } from '#codegen/json-scalars.ts';

/** A scalar for json-schema-to-typescript: the type of its value (agreed value form), which is not that of its JSON. */
export function tsScalar(schema: PrimitiveSchema | FixedSchema): JsonSchema {
  if (schema.logicalType !== null) return { tsType: logicalType(schema.logicalType) };
  switch (schema.type) {
    case 'int':
    case 'float':
    case 'double':
      return { type: 'number' };
    case 'long':
      return { tsType: 'bigint' };
    case 'bytes':
    case 'fixed':
      return { tsType: 'Uint8Array' };
    default:
      return { type: schema.type };
  }
}

function logicalType({ name }: LogicalType): string {
  if (name === 'date') return 'IsoDate';
  // A contract may have a type called Date.
  if (name === 'timestamp-millis') return 'globalThis.Date';
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
