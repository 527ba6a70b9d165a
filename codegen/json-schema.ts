import type { AvroSchema, FixedSchema, NamedSchema, PrimitiveSchema, RecordSchema } from '#avro/model.ts';
import { isRecord, unionForm } from '#avro/union-form.ts';
import { type JsonSchema, jsonScalar } from '#codegen/json-scalars.ts';
import { tsScalar } from '#codegen/ts-scalars.ts';
import { type NamedUse, namedUses, type TypeNames, typeNames, type Use } from '#contract/type-names.ts';

/** `read`: what a consumer gets, every field there. `write`: what a producer gives, fields with a default optional. */
export type Side = 'read' | 'write';

/** What is made for whom: validators of the JSON form, or json-schema-to-typescript, which reads `tsType`. */
interface Target {
  readonly side: Side;
  readonly names: TypeNames;
  scalar(schema: PrimitiveSchema | FixedSchema): JsonSchema;
  /** A use of a named type. */
  reference(name: string): JsonSchema;
  /** What has no value. */
  readonly never: JsonSchema;
  /** What an object without properties needs besides. */
  readonly empty: JsonSchema;
}

/** The JSON Schema (draft 2020-12) of a record's JSON form (`avro/json-form.ts`): it accepts that and nothing else. */
export function validationSchema(root: RecordSchema): JsonSchema {
  const scalars = new Map<string, JsonSchema>();
  const names = typeNames(namedUses(root));
  const definitions = define(root, {
    side: 'read',
    names,
    scalar: (schema) => {
      const { name, schema: made } = jsonScalar(schema);
      if (name === null) return made;
      scalars.set(name, made);
      return { $ref: `#/$defs/${name}` };
    },
    reference: (name) => ({ $ref: `#/$defs/${name}` }),
    never: { not: {} },
    empty: {},
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $ref: `#/$defs/${names(root, 'plain')}`,
    $defs: sorted([...definitions, ...scalars]),
  };
}

/** The read and the write types of a record, as definitions for json-schema-to-typescript. */
export function typeDefinitions(root: RecordSchema): JsonSchema {
  const target = {
    names: typeNames(namedUses(root)),
    scalar: tsScalar,
    // Beside a description, a bare $ref would be printed as a second type.
    reference: (name: string): JsonSchema => ({ allOf: [{ $ref: `#/$defs/${name}` }] }),
    never: { tsType: 'never' },
    // An interface without members would take any value.
    empty: { tsType: '{ [key: string]: never }' },
  };
  const sides = (['read', 'write'] as const).map((side) => define(root, { ...target, side }));
  return sorted(sides.flatMap((definitions) => [...definitions]));
}

/** The write type of a record is its own; of everything else there is one type. */
export function definitionName(schema: NamedSchema, use: Use, side: Side, names: TypeNames): string {
  return `${names(schema, use)}${side === 'write' && isRecord(schema) ? 'Input' : ''}`;
}

function sorted(definitions: readonly (readonly [string, JsonSchema])[]): JsonSchema {
  return Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every named type that the root uses, by the name of its definition. */
function define(root: RecordSchema, target: Target): readonly (readonly [string, JsonSchema])[] {
  return namedUses(root).map((use) => {
    const name = definitionName(use.schema, use.use, target.side, target.names);
    return [name, { ...documented(use.schema.doc), ...definition(use, target) }];
  });
}

function definition({ schema, use }: NamedUse, target: Target): JsonSchema {
  if (schema.type === 'enum') {
    return schema.symbols.length === 0 ? target.never : { type: 'string', enum: schema.symbols };
  }
  if (schema.type === 'fixed') return target.scalar(schema);
  const tag = use === 'branch' ? { kind: { const: schema.name } } : {};
  const fields = schema.fields.map((field) => {
    return [field.name, { ...documented(field.doc), ...schemaOf(field.schema, target) }] as const;
  });
  const required = schema.fields.filter((field) => target.side === 'read' || field.default === undefined);
  return {
    ...(use === 'plain' && fields.length === 0 ? target.empty : {}),
    type: 'object',
    properties: { ...tag, ...Object.fromEntries(fields) },
    required: [...Object.keys(tag), ...required.map(({ name }) => name)],
    additionalProperties: false,
  };
}

function schemaOf(schema: AvroSchema, target: Target): JsonSchema {
  if ('fullName' in schema)
    return target.reference(definitionName(schema, 'plain', target.side, target.names));
  if (schema.type === 'array') return { type: 'array', items: schemaOf(schema.items, target) };
  if (schema.type === 'map') return { type: 'object', additionalProperties: schemaOf(schema.values, target) };
  if (schema.type !== 'union') return target.scalar(schema);
  const union = unionForm(schema);
  const branches: JsonSchema[] = [];
  if (union.form === 'plain' && union.branch !== null) branches.push(schemaOf(union.branch, target));
  if (union.form === 'records') {
    for (const record of union.kinds.values())
      branches.push({ $ref: `#/$defs/${definitionName(record, 'branch', target.side, target.names)}` });
  }
  if (union.form === 'tagged') {
    for (const [kind, branch] of union.kinds) branches.push(tagged(kind, schemaOf(branch, target)));
  }
  if (union.nullable) branches.push({ type: 'null' });
  if (branches.length === 0) return target.never;
  return branches.length === 1 && branches[0] !== undefined ? branches[0] : { anyOf: branches };
}

function tagged(kind: string, value: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: { kind: { const: kind }, value },
    required: ['kind', 'value'],
    additionalProperties: false,
  };
}

function documented(doc: string | null): JsonSchema {
  return doc === null ? {} : { description: doc };
}
