import type { AvroSchema, SchemaJson } from '#avro/model.ts';

/** Why a default does not fit its schema, or null if it does. For a union any branch may take it (Avro 1.12). */
export function defaultProblem(schema: AvroSchema, json: SchemaJson): string | null {
  switch (schema.type) {
    case 'null':
      return json === null ? null : 'null is needed';
    case 'boolean':
      return typeof json === 'boolean' ? null : 'true or false is needed';
    case 'int':
      return integerProblem(json, -(2n ** 31n), 2n ** 31n - 1n);
    case 'long':
      return integerProblem(json, -(2n ** 63n), 2n ** 63n - 1n);
    case 'float':
    case 'double':
      return isNumber(json) || isSpecialNumber(json) ? null : 'a number is needed';
    case 'string':
    case 'enum':
      return typeof json === 'string' ? null : 'a string is needed';
    case 'bytes':
    case 'fixed':
      return typeof json === 'string' && [...json].every((char) => char <= '\u00ff')
        ? null
        : 'a string of characters up to \\u00ff is needed, one a byte';
    case 'array':
      return Array.isArray(json)
        ? firstProblem(json.map((item) => defaultProblem(schema.items, item)))
        : 'an array is needed';
    case 'map':
      return isObject(json)
        ? firstProblem([...json.object.values()].map((value) => defaultProblem(schema.values, value)))
        : 'an object is needed';
    case 'union':
      return schema.branches.some((branch) => defaultProblem(branch, json) === null)
        ? null
        : 'no branch of the union takes it';
    default:
      return isObject(json) ? recordProblem(schema.fields, json.object) : 'an object is needed';
  }
}

function recordProblem(
  fields: readonly { readonly name: string; readonly schema: AvroSchema; readonly default: unknown }[],
  members: ReadonlyMap<string, SchemaJson>,
): string | null {
  return firstProblem(
    fields.map((field) => {
      const value = members.get(field.name);
      if (value === undefined) return field.default === undefined ? `it lacks ${field.name}` : null;
      return defaultProblem(field.schema, value);
    }),
  );
}

function firstProblem(problems: readonly (string | null)[]): string | null {
  return problems.find((problem) => problem !== null) ?? null;
}

function isNumber(json: SchemaJson): json is { readonly number: string } {
  return json !== null && typeof json === 'object' && 'number' in json;
}

function isObject(json: SchemaJson): json is { readonly object: ReadonlyMap<string, SchemaJson> } {
  return json !== null && typeof json === 'object' && 'object' in json;
}

function isSpecialNumber(json: SchemaJson): boolean {
  return json === 'NaN' || json === 'Infinity' || json === '-Infinity';
}

function integerProblem(json: SchemaJson, lowest: bigint, highest: bigint): string | null {
  if (!isNumber(json) || !/^-?\d+$/.test(json.number)) return 'a whole number is needed';
  const value = BigInt(json.number);
  return value >= lowest && value <= highest ? null : `a number from ${lowest} to ${highest} is needed`;
}
