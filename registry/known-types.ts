import type { AvroSchema, NamedSchema } from '#avro/model.ts';

/** Adds every named type that the schema defines or contains, however deep, by full name. */
export function collectNamedTypes(schema: AvroSchema, into: Map<string, NamedSchema>): void {
  switch (schema.type) {
    case 'record':
    case 'error':
      // Recursive schemas lead back to the same object.
      if (into.get(schema.fullName) === schema) return;
      into.set(schema.fullName, schema);
      for (const field of schema.fields) collectNamedTypes(field.schema, into);
      return;
    case 'enum':
    case 'fixed':
      into.set(schema.fullName, schema);
      return;
    case 'array':
      collectNamedTypes(schema.items, into);
      return;
    case 'map':
      collectNamedTypes(schema.values, into);
      return;
    case 'union':
      for (const branch of schema.branches) collectNamedTypes(branch, into);
      return;
    default:
      return;
  }
}
