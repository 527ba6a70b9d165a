import type {
  AvroSchema,
  EnumSchema,
  FixedSchema,
  LogicalType,
  NamedSchema,
  PrimitiveSchema,
  RecordSchema,
} from '#avro/model.ts';
import { isRecord, unionForm } from '#avro/union-form.ts';
import { type NamedUse, namedUses, type TypeNames, typeNames, type Use } from '#contract/type-names.ts';

export type JsonSchema = { readonly [key: string]: unknown };

/** `read`: what a consumer gets, every field there. `write`: what a producer gives, fields with a default optional. */
export type Side = 'read' | 'write';

/**
 * The JSON Schema (draft 2020-12) of a record's JSON form (`avro/json-form.ts`). Each node also carries `tsType` where
 * the value in TypeScript is not what its JSON form is; `withoutTypeScript` removes it.
 */
export function jsonSchema(root: RecordSchema, sides: readonly Side[] = ['read']): JsonSchema {
  const uses = namedUses(root);
  const names = typeNames(uses);
  const definitions = new Map<string, JsonSchema>();
  for (const side of sides) {
    for (const use of uses)
      definitions.set(definitionName(use.schema, use.use, side, names), define(use, side, names));
  }
  const sorted = [...definitions.keys()].sort().map((name) => [name, definitions.get(name)] as const);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $ref: reference(root, 'plain', sides[0] ?? 'read', names),
    $defs: Object.fromEntries(sorted),
  };
}

/** The same schema for validators, which refuse keywords that they do not know. A field may be called tsType as well. */
export function withoutTypeScript(schema: JsonSchema): JsonSchema {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      key === 'tsType' && typeof value === 'string' ? undefined : value,
    ),
  ) as JsonSchema;
}

/** The write type of a record is its own; of everything else there is one type. */
export function definitionName(schema: NamedSchema, use: Use, side: Side, names: TypeNames): string {
  return `${names(schema, use)}${side === 'write' && isRecord(schema) ? 'Input' : ''}`;
}

function reference(schema: NamedSchema, use: Use, side: Side, names: TypeNames): string {
  return `#/$defs/${definitionName(schema, use, side, names)}`;
}

function define({ schema, use }: NamedUse, side: Side, names: TypeNames): JsonSchema {
  if (schema.type === 'enum') return { ...documented(schema.doc), ...enumSchema(schema) };
  if (schema.type === 'fixed') return { ...documented(schema.doc), ...scalar(schema) };
  const tag = use === 'branch' ? { kind: { const: schema.name } } : {};
  const fields = schema.fields.map((field) => {
    return [field.name, { ...documented(field.doc), ...schemaOf(field.schema, side, names) }] as const;
  });
  const required = schema.fields.filter((field) => side === 'read' || field.default === undefined);
  return {
    ...documented(schema.doc),
    type: 'object',
    properties: { ...tag, ...Object.fromEntries(fields) },
    required: [...Object.keys(tag), ...required.map(({ name }) => name)],
    additionalProperties: false,
  };
}

/** A reference stands alone in `allOf`: beside a description, json-schema-to-typescript would print the type twice. */
function schemaOf(schema: AvroSchema, side: Side, names: TypeNames): JsonSchema {
  if ('fullName' in schema) return { allOf: [{ $ref: reference(schema, 'plain', side, names) }] };
  if (schema.type === 'array') return { type: 'array', items: schemaOf(schema.items, side, names) };
  if (schema.type === 'map')
    return { type: 'object', additionalProperties: schemaOf(schema.values, side, names) };
  if (schema.type !== 'union') return scalar(schema);
  const union = unionForm(schema);
  const branches: JsonSchema[] = [];
  if (union.form === 'plain' && union.branch !== null) branches.push(schemaOf(union.branch, side, names));
  if (union.form === 'records') {
    for (const record of union.kinds.values())
      branches.push({ $ref: reference(record, 'branch', side, names) });
  }
  if (union.form === 'tagged') {
    for (const [kind, branch] of union.kinds) branches.push(tagged(kind, schemaOf(branch, side, names)));
  }
  if (union.nullable) branches.push({ type: 'null' });
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

function enumSchema({ symbols }: EnumSchema): JsonSchema {
  return symbols.length === 0 ? { not: {}, tsType: 'never' } : { type: 'string', enum: symbols };
}

function documented(doc: string | null): JsonSchema {
  return doc === null ? {} : { description: doc };
}

const BASE64 = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';
const NUMBER = {
  anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity', '-0'] }],
  tsType: 'number',
};

function scalar(schema: PrimitiveSchema | FixedSchema): JsonSchema {
  if (schema.logicalType !== null) return logical(schema.logicalType);
  switch (schema.type) {
    case 'int':
      return { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
    case 'long':
      return { type: 'string', pattern: '^-?\\d{1,19}$', tsType: 'bigint' };
    case 'float':
    case 'double':
      return NUMBER;
    case 'bytes':
      return { type: 'string', pattern: BASE64, tsType: 'Uint8Array' };
    case 'fixed': {
      const length = 4 * Math.ceil(schema.size / 3);
      return { type: 'string', pattern: BASE64, minLength: length, maxLength: length, tsType: 'Uint8Array' };
    }
    default:
      return { type: schema.type };
  }
}

const DATE = '[+-]?\\d{4,6}-\\d{2}-\\d{2}';
const TIME = '\\d{2}:\\d{2}:\\d{2}';
const FRACTION: Readonly<Record<string, number>> = { millis: 3, micros: 6, nanos: 9 };

function logical(type: LogicalType): JsonSchema {
  const text = (pattern: string, tsType: string): JsonSchema => ({
    type: 'string',
    pattern: `^${pattern}$`,
    tsType,
  });
  const fraction = `\\.\\d{${FRACTION[type.name.slice(type.name.lastIndexOf('-') + 1)] ?? 0}}`;
  const brand = pascal(type.name);
  switch (type.name) {
    case 'decimal':
      return text(type.scale === 0 ? '-?\\d+' : `-?\\d+\\.\\d{${type.scale}}`, 'Decimal');
    case 'uuid':
      return text('[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}', 'Uuid');
    case 'date':
      return text(DATE, 'IsoDate');
    case 'time-millis':
    case 'time-micros':
      return text(`${TIME}${fraction}`, brand);
    case 'timestamp-millis':
      return text(`${DATE}T${TIME}${fraction}Z`, 'globalThis.Date');
    case 'timestamp-micros':
    case 'timestamp-nanos':
      return text(`${DATE}T${TIME}${fraction}Z`, brand);
    case 'duration': {
      const part = { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 };
      const properties = { months: part, days: part, millis: part };
      return {
        type: 'object',
        properties,
        required: Object.keys(properties),
        additionalProperties: false,
        tsType: 'Duration',
      };
    }
    default:
      return text(`${DATE}T${TIME}${fraction}`, brand);
  }
}

/** `local-timestamp-millis` -> `LocalTimestampMillis`. */
function pascal(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
