import type { AvroSchema, NamedSchema } from '#avro/model.ts';

/** Every named type that the schema defines or contains, however deep, each once, in order of first use. */
export function namedTypesOf(schema: AvroSchema): ReadonlySet<NamedSchema> {
  const found = new Set<NamedSchema>();
  const visit = (each: AvroSchema): void => {
    if ('fullName' in each) {
      // Recursive schemas lead back to the same object.
      if (found.has(each)) return;
      found.add(each);
    }
    if (each.type === 'record' || each.type === 'error') for (const field of each.fields) visit(field.schema);
    if (each.type === 'array') visit(each.items);
    if (each.type === 'map') visit(each.values);
    if (each.type === 'union') for (const branch of each.branches) visit(branch);
  };
  visit(schema);
  return found;
}
