import { defaultProblem } from '#avro/default-value.ts';
import type { AvroSchema, SchemaJson } from '#avro/model.ts';

/**
 * Why a default is not as long as a fixed in it, or null. Avro Java fills up or cuts off, so a schema with such a default
 * is read as it does; whoever wrote it meant something else. The default is one that the schema takes.
 */
export function fixedDefaultProblem(schema: AvroSchema, json: SchemaJson): string | null {
  if (typeof json === 'string') {
    const taker = schema.type === 'union' ? branchOf(schema.branches, json) : schema;
    if (taker?.type !== 'fixed' || json.length === taker.size) return null;
    return `${taker.name} has ${taker.size} bytes, the default ${json.length}`;
  }
  for (const [inner, member] of innerOf(schema, json)) {
    const problem = fixedDefaultProblem(inner, member);
    if (problem !== null) return problem;
  }
  return null;
}

function branchOf(branches: readonly AvroSchema[], json: SchemaJson): AvroSchema | undefined {
  return branches.find((branch) => defaultProblem(branch, json) === null);
}

/** The values directly inside a default, each with its schema. */
function innerOf(schema: AvroSchema, json: SchemaJson): readonly (readonly [AvroSchema, SchemaJson])[] {
  switch (schema.type) {
    case 'union': {
      const branch = branchOf(schema.branches, json);
      return branch === undefined ? [] : innerOf(branch, json);
    }
    case 'array':
      return (json as readonly SchemaJson[]).map((item) => [schema.items, item]);
    case 'map':
      return [...membersOf(json).values()].map((value) => [schema.values, value]);
    case 'record':
    case 'error':
      return schema.fields.flatMap((field) => {
        const member = membersOf(json).get(field.name);
        return member === undefined ? [] : [[field.schema, member] as const];
      });
    default:
      return [];
  }
}

function membersOf(json: SchemaJson): ReadonlyMap<string, SchemaJson> {
  return (json as { readonly object: ReadonlyMap<string, SchemaJson> }).object;
}
