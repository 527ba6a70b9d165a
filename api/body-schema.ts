import { defaultOf } from '#avro/field-default.ts';
import { toJson } from '#avro/json-form.ts';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { isRecord } from '#avro/union-form.ts';
import { namedUses, typeNames } from '#contract/type-names.ts';

/** JSON Schema as data. */
export type SchemaJson = { readonly [key: string]: unknown };

/**
 * What a client may send, from the generated JSON Schema of what a consumer gets: fields with an Avro default may be left
 * out, and unions of records are told apart by `kind`.
 * @param avro the schema's text, of which the JSON Schema was generated
 */
export function bodySchema(generated: SchemaJson, avro: string): SchemaJson {
  return withDiscriminators(withDefaults(generated, parseSchema(avro) as RecordSchema));
}

/** Fields with a default are not required, and say what they are when they are left out. */
function withDefaults(generated: SchemaJson, root: RecordSchema): SchemaJson {
  const definitions = { ...(generated.$defs as Readonly<Record<string, SchemaJson>>) };
  const uses = namedUses(root);
  const names = typeNames(uses);
  for (const { schema, use } of uses) {
    const name = names(schema, use);
    const definition = definitions[name];
    if (!isRecord(schema) || definition === undefined) continue;
    const properties = { ...(definition.properties as Readonly<Record<string, SchemaJson>>) };
    const defaulted = new Set<string>();
    for (const field of schema.fields) {
      const make = defaultOf(field);
      if (make === null) continue;
      defaulted.add(field.name);
      properties[field.name] = {
        ...properties[field.name],
        default: toJson(field.schema, make(field.name)),
      };
    }
    const required = (definition.required as readonly string[]).filter((each) => !defaulted.has(each));
    definitions[name] = { ...definition, properties, required };
  }
  return { ...generated, $defs: definitions };
}

/**
 * A generated JSON Schema with unions of records told apart by `kind`: `anyOf` of such branches becomes `oneOf` with a
 * discriminator, which validators report by the branch that was meant, and OpenAPI documents know. Accepts the same.
 */
function withDiscriminators(schema: SchemaJson): SchemaJson {
  const definitions = (schema.$defs ?? {}) as Readonly<Record<string, SchemaJson>>;
  const hasKind = (branch: SchemaJson): boolean => {
    const name = typeof branch.$ref === 'string' ? branch.$ref.slice('#/$defs/'.length) : '';
    const { kind } = (definitions[name]?.properties ?? {}) as {
      readonly kind?: { readonly const?: unknown };
    };
    return typeof kind?.const === 'string';
  };
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    const walked = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value)]));
    const { anyOf, ...rest } = walked;
    if (!Array.isArray(anyOf) || !anyOf.every(hasKind)) return walked;
    return {
      ...rest,
      type: 'object',
      required: ['kind'],
      discriminator: { propertyName: 'kind' },
      oneOf: anyOf,
    };
  };
  return walk(schema) as SchemaJson;
}
