import { defaultProblem } from '#avro/default-value.ts';
import { logicalValue } from '#avro/logical-value.ts';
import type {
  AvroSchema,
  Field,
  FixedSchema,
  PrimitiveSchema,
  RecordSchema,
  SchemaJson,
} from '#avro/model.ts';
import { kindOf, unionForm } from '#avro/union-form.ts';
import { fieldPath, MAX_RECORD_DEPTH, refuseValue } from '#avro/value-check.ts';

/**
 * The default of a field, in the value form, exact for every number. Each call gives a value of its own, so that nobody
 * can change what the next record gets. Null if the field has no default.
 */
export function defaultOf(field: Field): ((path: string) => unknown) | null {
  const given = field.default;
  return given === undefined ? null : (path) => defaultValue(field.schema, given.json, path, 0);
}

/** @throws ZonerError VALUE_INVALID where a logical type does not allow the default, or a default contains itself */
function defaultValue(schema: AvroSchema, json: SchemaJson, path: string, depth: number): unknown {
  switch (schema.type) {
    case 'record':
    case 'error':
      return recordOf(schema, json, path, depth);
    case 'array':
      return (json as readonly SchemaJson[]).map((item) =>
        defaultValue(schema.items, item, `${path}[]`, depth),
      );
    case 'map': {
      const map: Record<string, unknown> = Object.create(null);
      for (const [key, item] of membersOf(json))
        map[key] = defaultValue(schema.values, item, `${path}{}`, depth);
      return map;
    }
    case 'union': {
      const branch = schema.branches.find((each) => defaultProblem(each, json) === null);
      if (branch === undefined) return refuseValue(path, 'a default that a branch takes');
      const value = defaultValue(branch, json, path, depth);
      const { form } = unionForm(schema);
      if (branch.type === 'null' || form === 'plain') return value;
      const kind = kindOf(branch);
      return form === 'tagged' ? { kind, value } : { kind, ...(value as object) };
    }
    case 'enum':
      return json;
    default: {
      const isBytes = schema.type === 'bytes' || schema.type === 'fixed';
      // Java takes any text here, and writes question marks.
      if (isBytes && /[^\0-\xff]/.test(String(json))) refuseValue(path, 'text of characters up to \\u00ff');
      const base = scalarOf(schema, json);
      return schema.logicalType === null
        ? base
        : logicalValue(schema, schema.logicalType).fromBase(base, path);
    }
  }
}

function recordOf(schema: RecordSchema, json: SchemaJson, path: string, depth: number): unknown {
  if (depth > MAX_RECORD_DEPTH) return refuseValue(schema.name, 'a default that does not contain itself');
  const members = new Map(membersOf(json));
  return Object.fromEntries(
    schema.fields.map((field) => {
      const given = members.has(field.name) ? members.get(field.name) : field.default?.json;
      return [field.name, defaultValue(field.schema, given ?? null, fieldPath(path, field.name), depth + 1)];
    }),
  );
}

function scalarOf(schema: PrimitiveSchema | FixedSchema, json: SchemaJson): unknown {
  const { type } = schema;
  const text = json !== null && typeof json === 'object' && 'number' in json ? json.number : String(json);
  if (type === 'int' || type === 'double') return Number(text);
  if (type === 'float') return Math.fround(Number(text));
  if (type === 'long') return BigInt(text);
  if (type === 'bytes') return Buffer.from(text, 'latin1');
  if (schema.type === 'fixed') {
    // Avro Java fills what is too short with zeros, and cuts off what is too long.
    const bytes = Buffer.alloc(schema.size);
    bytes.write(text, 'latin1');
    return bytes;
  }
  return json;
}

function membersOf(json: SchemaJson): Iterable<readonly [string, SchemaJson]> {
  return (json as { readonly object: ReadonlyMap<string, SchemaJson> }).object;
}
